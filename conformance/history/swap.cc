#include "history/swap.h"

#include <algorithm>
#include <functional>
#include <queue>

namespace psq::history {
namespace {

using Keyed = std::pair<Time, Number>;

/// Sorts only what is out of order: most recordings are in order already.
std::vector<Number> sorted(std::vector<Keyed> keyed) {
  if (!std::ranges::is_sorted(keyed)) std::ranges::sort(keyed);
  std::vector<Number> numbers(keyed.size());
  std::ranges::transform(keyed, numbers.begin(), &Keyed::second);
  return numbers;
}

}  // namespace

PutOrder put_order(const Index& index, std::span<const Number> values) {
  std::vector<Keyed> keyed;
  keyed.reserve(values.size());
  for (const Number value : values) keyed.emplace_back(index.life(value).put_invoked, value);
  PutOrder order;
  order.by_invocation = sorted(std::move(keyed));
  order.by_return.reserve(values.size());
  // The puts in progress at any time are few, so that the heap stays small.
  std::priority_queue<Keyed, std::vector<Keyed>, std::greater<>> in_progress;
  const auto end_before = [&](Time time) {
    while (!in_progress.empty() && in_progress.top().first < time) {
      order.by_return.push_back(in_progress.top().second);
      in_progress.pop();
    }
  };
  for (const Number value : order.by_invocation) {
    const auto& life = index.life(value);
    end_before(life.put_invoked);
    if (life.surely_put()) in_progress.emplace(life.put_returned, value);
  }
  end_before(kNever);
  return order;
}

std::optional<std::pair<Number, Number>> find_swap(const Index& index, const PutOrder& order) {
  // Of the values whose put has returned so far, the one whose get was invoked last.
  Number latest = kNoNumber;
  auto returned = order.by_return.begin();
  for (const Number b : order.by_invocation) {
    const auto& life = index.life(b);
    for (; returned != order.by_return.end(); ++returned) {
      const auto& before = index.life(*returned);
      if (before.put_returned >= life.put_invoked) break;
      if (!before.obtained()) continue;
      if (latest == kNoNumber || before.get_invoked > index.life(latest).get_invoked) {
        latest = *returned;
      }
    }
    if (latest == kNoNumber || !life.obtained()) continue;
    if (life.get_returned < index.life(latest).get_invoked) return std::pair{latest, b};
  }
  return std::nullopt;
}

std::vector<Number> swap_witness(const Index& index, Number a, Number b) {
  return {index.life(a).put, index.life(b).put, index.life(b).get, index.life(a).get};
}

}  // namespace psq::history
