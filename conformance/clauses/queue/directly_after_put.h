// Questions that a process asks directly after its put.
#pragma once

#include <functional>

#include "suite/scenario.h"

namespace psq::conformance {

/// Puts, asks and gets in turn on a queue of one slot, so that the question comes before the item
/// can have become visible; `judge` gets each answer.
void directly_after_put(Scenario& t, const std::function<Request(const Object&)>& ask,
                        const std::function<void(const Answer&)>& judge);

}  // namespace psq::conformance
