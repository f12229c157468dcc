// Finds the items of a history while it is read.
#pragma once

#include <cstdint>
#include <vector>

#include "history/history.h"

namespace psq::history {

/// A hash table with open addressing, whose slots are indices of `values`: 8 to 16 bytes an item.
/// Items of one producer with numbers that follow each other share cache lines, because recordings
/// have them in about that order.
class ItemTable {
 public:
  /// `values` must outlive the table, begin empty and grow only here.
  explicit ItemTable(std::vector<Value>& values) : values_(values) {}

  /// Index of the item; it is added, with that size, when it is new.
  [[nodiscard]] std::uint32_t find_or_add(std::uint32_t producer, std::int64_t seq,
                                          std::int64_t size);

 private:
  [[nodiscard]] std::size_t home(std::uint32_t producer, std::int64_t seq) const;
  void grow();

  std::vector<Value>& values_;
  std::vector<std::uint32_t> slots_ = {};  // a power of two of them, half of them free at least
};

}  // namespace psq::history
