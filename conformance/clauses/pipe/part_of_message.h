// Bodies of the tests of poll and wait while a part of a message has come.
#pragma once

#include <functional>

#include "suite/scenario.h"

namespace psq::conformance {

/// A poll or a wait on this end, with this timeout.
using AskEnd = std::function<Request(const Object&, Nanoseconds)>;

/// Without time it ends at once, although the sender is in the middle of a message, and although
/// the sender is also stopped there.
void ends_at_once_in_message(Scenario& t, const AskEnd& ask);

/// It ends at its own time at the latest, although the first part of a message comes meanwhile.
void clock_starts_once_in_message(Scenario& t, const AskEnd& ask);

}  // namespace psq::conformance
