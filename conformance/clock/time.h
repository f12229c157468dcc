// The clock of the protocol, and how people write a duration.
#pragma once

#include <chrono>
#include <string>

namespace psq::conformance {

using Clock = std::chrono::steady_clock;  // CLOCK_MONOTONIC
using Nanoseconds = std::chrono::nanoseconds;

/// Nanoseconds of the machine-wide monotonic clock, comparable with the times in answers.
Nanoseconds monotonic_now();

/// `101 ms`, `12 us`: three digits and a unit.
std::string human(Nanoseconds duration);

/// The first of two durations, in as many digits as tell it from the second: `599.6 ms` and not
/// `600 ms` beside 600 ms.
std::string human_beside(Nanoseconds duration, Nanoseconds other);

}  // namespace psq::conformance
