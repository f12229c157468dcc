// The version of psq, for the preprocessor. It is written here and nowhere else: the build reads it
// from this file.
//
//   #if PSQ_VERSION >= 200  // 0.2.0 or newer
//
// Versions are semantic (https://semver.org). "Versions" in the reference's README says which
// versions of headers, libraries and programs work together.

#pragma once

// Grows when a program may have to be changed, from 1.0 on.
#define PSQ_VERSION_MAJOR 0
// Grows with what is new. Before 1.0 a program may have to be changed, too.
#define PSQ_VERSION_MINOR 2
// Grows with repairs. No program has to be changed or built again.
#define PSQ_VERSION_PATCH 0

// The version as one number, to be compared.
#define PSQ_VERSION (PSQ_VERSION_MAJOR * 10000 + PSQ_VERSION_MINOR * 100 + PSQ_VERSION_PATCH)

// The version as text, such as "0.2.0".
#define PSQ_VERSION_STRING               \
  PSQ_VERSION_TEXT_OF(PSQ_VERSION_MAJOR) \
  "." PSQ_VERSION_TEXT_OF(PSQ_VERSION_MINOR) "." PSQ_VERSION_TEXT_OF(PSQ_VERSION_PATCH)
#define PSQ_VERSION_TEXT_OF(number) PSQ_VERSION_TEXT_OF_EXPANDED(number)
#define PSQ_VERSION_TEXT_OF_EXPANDED(number) #number
