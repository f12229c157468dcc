// Timeouts that are odd, tiny or huge, and of several calls at the same time.
#pragma once

#include <cmath>
#include <functional>
#include <vector>

#include "suite/scenario.h"

namespace psq::conformance {

inline const Wait kNan{.seconds = NAN};
inline const Wait kInfinite{.seconds = HUGE_VAL};
inline constexpr auto kHuge = 1'000'000'000s;
/// Long enough to tell a wait from a short timeout that stands in its place.
inline constexpr auto kWatched = 250ms;

/// Of 32 bits, a little more than their milliseconds and their seconds hold, with a sign and
/// without. A call that loses the higher bits ends after the little, at once, or is refused.
inline constexpr Nanoseconds kBeyond32Bits[] = {std::chrono::milliseconds{(1LL << 31) + 20},
                                                std::chrono::milliseconds{(1LL << 32) + 20}};

/// Demands that no call ends before its timeout. Many calls: an early end may need a timer that is
/// rounded down at the right time.
void never_early(Scenario& t, const std::function<Request(const Wait&)>& ask, Outcome outcome);

/// Several timed calls at the same time, by threads of several processes. Answers how late the
/// latest was, as a call without a timeout would take.
Answer latest_of_several(Scenario& t, const std::vector<Actor>& actors,
                         const std::function<Request(const Wait&)>& ask, Outcome outcome);

}  // namespace psq::conformance
