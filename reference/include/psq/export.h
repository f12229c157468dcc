// PSQ_EXPORT: on a namespace whose functions and types the shared library offers to programs. All
// other names of the library are hidden.

#pragma once

#define PSQ_EXPORT __attribute__((visibility("default")))
