// Rows of serialized items, as put_many and get_many hand them on: each item after its length, a
// std::size_t.
//
// Processes and threads: as for a std::string. Lifetime: a row owns its bytes.
//
// Clauses: queue.item.values-equal, simple-queue.item.values-equal.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "psq/codec.h"

namespace psq::detail {

inline void append_length(std::string& row, std::size_t length) {
  row.append(reinterpret_cast<const char*>(&length), sizeof length);
}

// The first item of a row that is not empty, and the rest of the row.
inline std::string_view first_of(std::string_view row) noexcept {
  std::size_t length = 0;
  std::memcpy(&length, row.data(), sizeof length);
  return row.substr(sizeof length, length);
}
inline std::string_view without_first(std::string_view row) noexcept {
  return row.substr(sizeof(std::size_t) + first_of(row).size());
}

// A row of items. It writes each byte once, which a string cannot: its new bytes are zero first.
class Row {
 public:
  // With room for so many bytes before it has to grow.
  explicit Row(std::size_t room) : room_(room), bytes_(new char[room]) {}

  void add(std::string_view item) {
    const std::size_t length = item.size();
    if (room_ - size_ < sizeof length + length) grow(sizeof length + length);
    char* const end = bytes_.get() + size_;
    std::memcpy(end, &length, sizeof length);
    if (length > 0) std::memcpy(end + sizeof length, item.data(), length);
    size_ += sizeof length + length;
    ++count_;
  }

  [[nodiscard]] std::string_view bytes() const noexcept { return {bytes_.get(), size_}; }
  [[nodiscard]] std::size_t count() const noexcept { return count_; }

 private:
  void grow(std::size_t least) {
    room_ = std::max(2 * room_, size_ + least);
    std::unique_ptr<char[]> larger(new char[room_]);
    std::memcpy(larger.get(), bytes_.get(), size_);
    bytes_ = std::move(larger);
  }

  std::size_t room_;
  std::size_t size_ = 0;
  std::size_t count_ = 0;
  std::unique_ptr<char[]> bytes_;
};

// The row of all items. Throws NotSerializable.
template <typename T, typename Range>
Row row_of(const Range& items) {
  constexpr std::size_t kSome = Raw<T> ? sizeof(T) : 64;
  std::size_t count = 8;
  if constexpr (std::ranges::sized_range<const Range>) count = std::ranges::size(items);
  // Of short items; a guess is not allowed to take much memory.
  Row row(std::min(count * (sizeof(std::size_t) + kSome), std::size_t{64} << 10));
  for (const T& item : items) with_bytes(item, [&](std::string_view bytes) { row.add(bytes); });
  return row;
}

// Throws NotDeserializable.
template <typename T>
std::vector<T> items_of(std::string_view row, std::size_t count) {
  std::vector<T> items;
  items.reserve(count);
  while (!row.empty()) {
    const std::string_view first = first_of(row);
    items.push_back(deserialize_view<T>(first));
    row.remove_prefix(sizeof(std::size_t) + first.size());
  }
  return items;
}

}  // namespace psq::detail
