// What the memory of each queue begins with, by which it is known among other files.

#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace psq::detail {

// The first bytes of a queue's memory. Its members keep their places in every version of psq, so
// that each version can name every other one.
struct MemoryMark {
  // The format of the memory: its layout, and the steps by which processes change it. A change of
  // either has a new number.
  static constexpr std::uint32_t kFormat = 5;
  static constexpr std::uint32_t kWordBits = 8 * sizeof(void*);

  MemoryMark() = default;
  // Of memory of this kind in this file.
  MemoryMark(std::string_view kind_name, int file) : inode(inode_of(file)) {
    std::ranges::copy(kind_name, kind.begin());
  }

  // Reads the mark of a file. False: it has none.
  [[nodiscard]] bool read_from(int file) {
    return pread(file, this, sizeof *this, 0) == sizeof *this && magic == MemoryMark().magic;
  }
  [[nodiscard]] std::string kind_name() const {
    return {kind.begin(), std::ranges::find(kind, '\0')};
  }
  static std::uint64_t inode_of(int file) {
    struct stat about {};
    return fstat(file, &about) == 0 ? about.st_ino : 0;
  }

  std::array<char, 8> magic{'p', 's', 'q', ':', 'm', 'e', 'm', '\n'};
  std::uint32_t format = kFormat;
  std::uint32_t word_bits = kWordBits;
  std::array<char, 32> kind{};
  std::uint64_t inode = 0;  // A copy of the file has another one.
  // The system's run in which the file got its name; empty without a name. A file outlives the
  // system, but what a lock in it says of its holder does not.
  std::array<char, 40> boot{};
};

}  // namespace psq::detail
