// What the memory of each queue begins with, by which it is known among other files.

#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "psq/version.h"
#include "src/token.h"

namespace psq::detail {

// The first bytes of a queue's memory. Its members keep their places in every version of psq, so
// that each version can name every other one.
struct MemoryMark {
  MemoryMark() = default;
  // Of memory of this kind in this file.
  MemoryMark(std::string_view kind_name, int file) : inode(inode_of(file)) {
    std::ranges::copy(kind_name, kind.begin());
  }

  // Reads the mark of a file. False: it has none.
  [[nodiscard]] bool read_from(int file) {
    return pread(file, this, sizeof *this, 0) == sizeof *this && magic == MemoryMark().magic;
  }
  [[nodiscard]] std::string kind_name() const { return text_of(kind); }
  [[nodiscard]] std::string version_name() const { return text_of(version); }
  static std::uint64_t inode_of(int file) {
    struct stat about {};
    return fstat(file, &about) == 0 ? about.st_ino : 0;
  }

  std::array<char, 8> magic{'p', 's', 'q', ':', 'm', 'e', 'm', '\n'};
  std::uint32_t format = Token::kFormat;
  std::uint32_t word_bits = Token::kWordBits;
  std::array<char, 16> version{PSQ_VERSION_STRING};
  std::array<char, 32> kind{};
  std::uint64_t inode = 0;  // A copy of the file has another one.
  // The system's run in which the file got its name; empty without a name. A file outlives the
  // system, but what a lock in it says of its holder does not.
  std::array<char, 40> boot{};

 private:
  template <std::size_t size>
  static std::string text_of(const std::array<char, size>& text) {
    return {text.begin(), std::ranges::find(text, '\0')};
  }
};

}  // namespace psq::detail
