// Finds names by their text while a recording is read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace psq::history {

/// Gives each name a number, from 0 in the order in which they are added. A name belongs to a
/// scope: threads of two processes may have one name. A hash table with open addressing, since a
/// reader looks four names up for each operation and adds few.
class NameTable {
 public:
  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view name,
                                                  std::uint32_t scope = 0) const;
  /// Precondition: the scope has no such name.
  std::uint32_t add(std::string_view name, std::uint32_t scope = 0);

  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::uint32_t scope;
    std::string name;
  };
  [[nodiscard]] std::size_t home(std::string_view name, std::uint32_t scope) const;
  void occupy(std::uint32_t index);

  std::vector<Entry> entries_ = {};
  std::vector<std::uint32_t> slots_ = {};  // a power of two of them, half of them free at least
};

}  // namespace psq::history
