#include "history/name_table.h"

namespace psq::history {
namespace {

constexpr std::uint32_t kFreeSlot = UINT32_MAX;
constexpr std::size_t kFewestNames = 16;

}  // namespace

std::optional<std::uint32_t> NameTable::find(std::string_view name, std::uint32_t scope) const {
  if (slots_.empty()) return std::nullopt;
  const auto mask = slots_.size() - 1;
  for (auto slot = home(name, scope); slots_[slot] != kFreeSlot; slot = (slot + 1) & mask) {
    const auto& entry = entries_[slots_[slot]];
    if (entry.scope == scope && entry.name == name) return slots_[slot];
  }
  return std::nullopt;
}

std::uint32_t NameTable::add(std::string_view name, std::uint32_t scope) {
  const auto index = static_cast<std::uint32_t>(entries_.size());
  entries_.push_back({scope, std::string{name}});
  if (slots_.size() >= 2 * entries_.size()) {
    occupy(index);
    return index;
  }
  slots_.assign(slots_.empty() ? kFewestNames : 2 * slots_.size(), kFreeSlot);
  for (std::uint32_t i = 0; i <= index; ++i) occupy(i);
  return index;
}

void NameTable::occupy(std::uint32_t index) {
  auto slot = home(entries_[index].name, entries_[index].scope);
  while (slots_[slot] != kFreeSlot) slot = (slot + 1) & (slots_.size() - 1);
  slots_[slot] = index;
}

/// Where the search for a name begins: FNV-1a, which is quick for short names.
std::size_t NameTable::home(std::string_view name, std::uint32_t scope) const {
  constexpr std::uint64_t kPrime = 0x100000001B3U;
  std::uint64_t hash = 0xCBF29CE484222325U ^ scope;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  return static_cast<std::size_t>(hash ^ hash >> 32) & (slots_.size() - 1);
}

}  // namespace psq::history
