// Calls that several threads wait in at the same time.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "suite/scenario.h"

namespace psq::conformance {

/// More calls than a table of 16 or 32 has places for.
inline constexpr int kCrowd = 40;

/// Starts `count` calls, each in a thread of its own, spread over the processes, and shows of each
/// that it waits.
std::vector<Call*> waiting_calls(Scenario& t, const std::vector<Actor>& actors, int count,
                                 const std::function<Request(int)>& ask,
                                 const std::string& for_what);

}  // namespace psq::conformance
