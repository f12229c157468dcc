// Rows of serialized items, as put_many and get_many hand them on: each item after its length, a
// std::size_t.
//
// Processes and threads: as for a std::string. Lifetime: a row owns its bytes.
//
// Clauses: queue.item.values-equal, simple-queue.item.values-equal.

#pragma once

#include <cstddef>
#include <cstring>
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

// The bytes of all items and their number. Throws NotSerializable.
template <typename T, typename Range>
std::pair<std::string, std::size_t> row_of(const Range& items) {
  std::string row;
  std::size_t count = 0;
  for (const T& item : items) {
    with_bytes(item, [&](std::string_view bytes) {
      append_length(row, bytes.size());
      row.append(bytes);
    });
    ++count;
  }
  return {std::move(row), count};
}

// Throws NotDeserializable.
template <typename T>
std::vector<T> items_of(std::string_view row, std::size_t count) {
  std::vector<T> items;
  items.reserve(count);
  for (; !row.empty(); row = without_first(row))
    items.push_back(deserialize_view<T>(first_of(row)));
  return items;
}

}  // namespace psq::detail
