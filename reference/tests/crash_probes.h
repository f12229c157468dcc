// The probes of the tests that kill and stop: the process sends itself the signal at the crash
// point that it chose.
// The library's sources include this header, as PSQ_PROBES, instead of src/probe.h's functions.

#pragma once

#include <string_view>

namespace psq::test {

// The process kills itself, by SIGKILL, when it comes to the crash point for the `times`-th time
// from now. To be called while it has one thread.
void die_at(std::string_view point, int times = 1);

// As die_at, but the process stops itself, by SIGSTOP.
void stop_at(std::string_view point, int times = 1);

// Kills or stops the process if this is the crash point that it chose.
void pass(std::string_view point) noexcept;

}  // namespace psq::test

namespace psq::detail {

inline void at(std::string_view point) noexcept { test::pass(point); }

template <typename Value, typename... Context>
constexpr Value altered(std::string_view /*decision*/, Value value, const Context&... /*context*/) {
  return value;
}

}  // namespace psq::detail
