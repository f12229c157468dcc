// PSQ_EXPORT: on a namespace whose functions and types the shared library offers to programs, and
// on its functions once more, because clang forgets the namespace's at their definitions. All other
// names of the library are hidden.

#pragma once

#define PSQ_EXPORT [[gnu::visibility("default")]]
