// What every process sees of the number of items, step by step.
#pragma once

#include <functional>

#include "suite/scenario.h"

namespace psq::conformance {

/// Of the queue of `after_every_step`.
inline constexpr std::int64_t kBound = 3;

/// Puts and gets, each by another process, and asks all of them after every step how many items
/// there are: up to the bound, down to nothing, twice.
void after_every_step(Scenario& t,
                      const std::function<void(const Actor&, const Object&, std::int64_t)>& ask);

}  // namespace psq::conformance
