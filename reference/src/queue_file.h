// Files with names that hold the memory of queues.

#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "psq/descriptor.h"

namespace psq::detail {

// A file in the folder of `path` that has no name yet, and `size` bytes of its own: no later access
// to them fails because the file system is full. Throws SystemError.
[[nodiscard]] Descriptor make_queue_file(const std::string& path, std::size_t size);

// Gives such a file its mode and its name, so that no process opens a queue that is half made.
// Throws SystemError, also when there is a file of this name.
void name_queue_file(int file, const std::string& path, mode_t mode);

// Throws SystemError.
[[nodiscard]] Descriptor open_queue_file(const std::string& path);

// Throws InvalidArgument, whose text begins with `what`, unless the file is the whole memory of a
// queue of this kind, and this library can use it.
void check_queue_file(int file, std::string_view kind, std::size_t size, const std::string& what);

// Names the run of the system since it was started; empty when it cannot be known.
[[nodiscard]] std::array<char, 40> boot_of_system() noexcept;

}  // namespace psq::detail
