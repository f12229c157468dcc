// Two values that were put in one order and obtained in the other.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "history/index.h"

namespace psq::history {

/// The values in the order in which their puts were invoked, and (those that surely were put) in
/// the order in which their puts returned.
struct PutOrder {
  std::vector<Number> by_invocation;
  std::vector<Number> by_return;
};
[[nodiscard]] PutOrder put_order(const Index& index, std::span<const Number> values);

/// Values (a, b), both obtained, such that a was put before b was, and b was obtained before a was:
/// O(n) times the logarithm of how many puts overlap. Values that no call obtained are passed over.
[[nodiscard]] std::optional<std::pair<Number, Number>> find_swap(const Index& index,
                                                                 const PutOrder& order);

/// The operations that show it.
[[nodiscard]] std::vector<Number> swap_witness(const Index& index, Number a, Number b);

}  // namespace psq::history
