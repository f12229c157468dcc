// Bodies of the tests of get that several pages share. Each takes the kind of queue, or the queue.
#pragma once

#include "suite/kinds.h"

namespace psq::conformance {

/// A get on an empty queue waits, for this time at least, until the root process puts an item.
void expect_get_waits(Scenario& t, const Actor& consumer, const Object& q, const Wait& wait,
                      Nanoseconds at_least);
void get_waits_for_item(Scenario& t, QueueKind kind, const Wait& wait, Nanoseconds at_least);
/// A get with a timeout ends as `empty`, not before the timeout and soon after it.
void get_empty_after_timeout(Scenario& t, QueueKind kind);
/// A get that may not wait ends as `empty` at once.
void expect_empty_at_once(Scenario& t, const Actor& consumer, const Object& q, const Wait& wait);

}  // namespace psq::conformance
