// Where a test program can look into the library: named crash points and named decisions.
//
// In the normal library both functions do nothing and cost nothing. A program that tests the
// library compiles its sources once more with PSQ_PROBES, the name of a header in which it defines
// the same two functions (namespace psq::detail) as it needs them: tests/crash_probes.h kills the
// process at a crash point.

#pragma once

#ifdef PSQ_PROBES

#include PSQ_PROBES

#else

namespace psq::detail {

// A crash point: one instruction after which a process may die. DEATH.md goes through them all.
constexpr void at(const char* /*point*/) noexcept {}

// A decision that has a name, and what it depends on besides the value.
template <typename Value, typename... Context>
constexpr Value altered(const char* /*decision*/, Value value,
                        const Context&... /*context*/) noexcept {
  return value;
}

}  // namespace psq::detail

#endif  // PSQ_PROBES
