// Bodies of the tests that a timed call counts its timeout once, from its call, although it waits
// for several events one after the other.
#pragma once

#include <functional>
#include <vector>

#include "suite/kinds.h"

namespace psq::conformance {

/// The timeout of the timed call of these tests, and how much of it passes before another event.
/// They scale with the bounds of the run.
Nanoseconds own_time(const Scenario& t);
Nanoseconds time_of_event(const Scenario& t);

/// A call that waits for its time to pass, and when the other event came.
struct Timely {
  Answer answer;
  Nanoseconds event{0};
};

/// Repeats `measure` until the event came while the call waited, and so late that a clock which
/// starts again then is late beyond all bounds; demands that the call ended at its own time.
void expect_own_time(Scenario& t, const std::function<Timely()>& measure);

/// Returns when the call has begun, and this much of its time has passed.
void let_pass(Scenario& t, const Call& call, Nanoseconds time);

using AskTimed = std::function<Request(const Wait&)>;

/// A call of `late` ends as `outcome` at its own time, although the same call of `early` waited
/// before it, and gives up meanwhile.
void clock_starts_once_behind(Scenario& t, const Actor& early, const Actor& late,
                              const AskTimed& ask, Outcome outcome);

/// A call ends as `outcome` at its own time, although `serve_one` lets another call that waits
/// beside it end as ok meanwhile. Three actors wait.
void clock_starts_once_beside(Scenario& t, const std::vector<Actor>& actors, const AskTimed& ask,
                              Outcome outcome, const std::function<void()>& serve_one);

/// A get ends as empty at its own time, although the one before it waits for the rest of an item
/// whose producer is stopped.
void get_clock_runs_behind_part_of_item(Scenario& t);

}  // namespace psq::conformance
