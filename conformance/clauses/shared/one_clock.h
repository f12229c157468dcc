// Bodies of the tests that a timed call counts its timeout once, from its call, although it waits
// for several events one after the other.
#pragma once

#include <functional>
#include <vector>

#include "suite/kinds.h"

namespace psq::conformance {

/// The timed call of these tests, and how much of its time passes before another event. They scale
/// with the bounds of the run, so that a clock that starts again is late at every patience.
Nanoseconds own_time(const Scenario& t);
Nanoseconds part_of_own_time(const Scenario& t);

/// Lets time pass.
void let_pass(Scenario& t, Nanoseconds time);

using AskTimed = std::function<Request(const Wait&)>;

/// A call of `late` ends as `outcome` at its own time, although the same call of `early` waited
/// before it, and gives up meanwhile.
void clock_starts_once_behind(Scenario& t, const Actor& early, const Actor& late,
                              const AskTimed& ask, Outcome outcome);

/// A call ends as `outcome` at its own time, although `serve_one` lets another call that waits
/// beside it end as ok meanwhile.
void clock_starts_once_beside(Scenario& t, const std::vector<Actor>& actors, const AskTimed& ask,
                              Outcome outcome, const std::function<void()>& serve_one);

/// A get ends as empty at its own time, although the one before it waits for the rest of an item
/// whose producer is stopped.
void get_clock_runs_behind_part_of_item(Scenario& t);

}  // namespace psq::conformance
