// Bodies of the tests of bounds and of put that several pages share. Each takes the kind of queue.
#pragma once

#include <vector>

#include "suite/kinds.h"

namespace psq::conformance {

/// A queue with the maxsize 0 or a negative one is never full.
void no_bound(Scenario& t, QueueKind kind);
/// Creates a queue of this bound, fills it, and demands that one more put is refused.
Object filled(Scenario& t, QueueKind kind, std::int64_t maxsize);
/// The same, and a get frees exactly one slot.
void bound_is_kept(Scenario& t, QueueKind kind, std::int64_t maxsize);

/// A put on a full queue waits, for this time at least, until a get frees a slot.
void put_waits_for_slot(Scenario& t, QueueKind kind, Nanoseconds at_least);
/// A put with this timeout ends as `full`, not before the timeout and soon after it.
void expect_full_after(Scenario& t, const Actor& producer, const Object& q, Nanoseconds timeout);
void put_full_after_timeout(Scenario& t, QueueKind kind);
/// A put that may not wait ends as `full` at once.
void put_full_at_once(Scenario& t, QueueKind kind, const std::vector<Wait>& waits);
/// A refused put takes no slot, frees none, adds no task, and its item is never obtained.
void full_leaves_no_trace(Scenario& t, QueueKind kind);
/// Items whose puts have returned survive the kill of their producer.
void put_survives_producer(Scenario& t, QueueKind kind);

}  // namespace psq::conformance
