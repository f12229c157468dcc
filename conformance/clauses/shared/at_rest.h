// Bodies of the tests that a call which shall not wait, or hardly, does what can be done at rest.
#pragma once

#include "suite/kinds.h"

namespace psq::conformance {

/// A get without time obtains an item of a queue that is at rest.
void get_obtains_at_rest(Scenario& t, QueueKind kind);
/// A put without time takes a slot that is free in a queue that is quiet.
void put_takes_slot_at_rest(Scenario& t, QueueKind kind);

}  // namespace psq::conformance
