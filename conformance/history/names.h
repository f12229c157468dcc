// The tables of a history while it is read: names become indices, items become values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "history/history.h"
#include "history/item_table.h"
#include "history/name_table.h"

namespace psq::history {

/// Owns nothing but its tables; the history must outlive it. One thread at a time.
class Names {
 public:
  explicit Names(History& history) : history_(history), items_(history.values) {}

  [[nodiscard]] std::optional<std::uint16_t> object(std::string_view name) const;
  /// False when there is one of that name already.
  bool add_object(ObjectInfo info);
  /// Those that are new are added; nothing when there are 65536 already.
  [[nodiscard]] std::optional<std::uint16_t> process(std::string_view name);
  [[nodiscard]] std::uint32_t thread(std::uint16_t process, std::string_view name);
  [[nodiscard]] std::uint32_t producer(std::string_view name);
  /// Index of the item among the history's values.
  [[nodiscard]] std::int64_t item(std::uint32_t producer, std::int64_t seq, std::int64_t size) {
    return items_.find_or_add(producer, seq, size);
  }

 private:
  History& history_;
  NameTable objects_ = {};
  NameTable processes_ = {};
  NameTable threads_ = {};  // the scope is the process
  NameTable producers_ = {};
  ItemTable items_;
};

}  // namespace psq::history
