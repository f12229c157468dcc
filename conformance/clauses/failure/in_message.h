// Processes that end in the middle of a message.
#pragma once

#include "suite/flow.h"
#include "suite/kinds.h"

namespace psq::conformance {

/// Starts a process that is in the middle of writing a large item, which no process takes, behind
/// three small ones.
Actor in_large_message(Scenario& t, const Actor& main, const Object& q,
                       const std::string& name = "producer");

/// Kills or terminates it there, and looks at what a survivor obtains of the large item.
void writer_ends_in_message(Scenario& t, QueueKind kind, bool terminated);

}  // namespace psq::conformance
