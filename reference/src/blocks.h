// The items that a process has put and not sent yet, in its own memory.

#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace psq::detail {

// Rows of items (psq/batch.h), one a block. A few large blocks cost less than many small ones, or
// than one that grows. One thread at a time.
class Blocks {
 public:
  // A block has room for so many bytes, or for one item that is longer.
  static constexpr std::size_t kBlock = std::size_t{60} << 10;

  [[nodiscard]] bool empty() const noexcept { return used_ == 0; }
  // Of all rows together.
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::span<const std::string> rows() const noexcept { return {all_.data(), used_}; }

  // Whether an item of this length goes into the last block.
  [[nodiscard]] bool fits(std::size_t length) const noexcept {
    if (empty()) return false;
    const std::string& block = all_[used_ - 1];
    return block.capacity() - block.size() >= sizeof length + length;
  }

  // To the last block, or to a new one.
  void append(std::string_view item) {
    const std::size_t length = item.size();
    if (!fits(length)) {
      unused().reserve(std::max(sizeof length + length, kBlock));
      ++used_;
    }
    std::string& block = all_[used_ - 1];
    block.append(reinterpret_cast<const char*>(&length), sizeof length);
    block.append(item);
    bytes_ += sizeof length + length;
  }
  // Makes the row a block.
  void append_row(std::string row) {
    unused() = std::move(row);
    bytes_ += all_[used_++].size();
  }

  // Forgets all items. Some blocks keep their memory for the next ones.
  void clear() {
    std::size_t kept = 0;
    std::erase_if(all_, [&](std::string& block) {
      block.clear();
      return (kept += block.capacity()) > kMostKept;
    });
    used_ = bytes_ = 0;
  }

 private:
  // Memory from the system costs more than the copy into it.
  static constexpr std::size_t kMostKept = std::size_t{6} << 20;

  // The block behind those that are used.
  std::string& unused() {
    if (used_ == all_.size()) all_.emplace_back();
    return all_[used_];
  }

  std::vector<std::string> all_;
  std::size_t used_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace psq::detail
