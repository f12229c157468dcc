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

}  // namespace psq::conformance
