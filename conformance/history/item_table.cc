#include "history/item_table.h"

#include <cstddef>

namespace psq::history {
namespace {

constexpr std::uint32_t kFree = UINT32_MAX;
constexpr std::size_t kFewest = 1024;

}  // namespace

std::uint32_t ItemTable::find_or_add(std::uint32_t producer, std::int64_t seq, std::int64_t size) {
  if (slots_.size() <= 2 * values_.size()) grow();
  const auto mask = slots_.size() - 1;
  auto slot = home(producer, seq);
  for (; slots_[slot] != kFree; slot = (slot + 1) & mask) {
    const auto& value = values_[slots_[slot]];
    if (value.seq == seq && value.producer == producer) return slots_[slot];
  }
  slots_[slot] = static_cast<std::uint32_t>(values_.size());
  values_.push_back({producer, seq, size});
  return slots_[slot];
}

/// Where the search for an item begins: a group of slots by hash, and there a slot by number.
std::size_t ItemTable::home(std::uint32_t producer, std::int64_t seq) const {
  constexpr unsigned kGroupBits = 4;  // 16 slots are one cache line
  constexpr std::uint64_t kInGroup = (1U << kGroupBits) - 1;
  const auto number = static_cast<std::uint64_t>(seq);
  auto hash = (number >> kGroupBits) * 0x9E3779B97F4A7C15U + producer * 0xBF58476D1CE4E5B9U;
  hash ^= hash >> 32;
  const auto slot = hash << kGroupBits | (number & kInGroup);
  return static_cast<std::size_t>(slot) & (slots_.size() - 1);
}

void ItemTable::grow() {
  slots_.assign(slots_.empty() ? kFewest : 2 * slots_.size(), kFree);
  const auto mask = slots_.size() - 1;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    auto slot = home(values_[i].producer, values_[i].seq);
    while (slots_[slot] != kFree) slot = (slot + 1) & mask;
    slots_[slot] = static_cast<std::uint32_t>(i);
  }
}

}  // namespace psq::history
