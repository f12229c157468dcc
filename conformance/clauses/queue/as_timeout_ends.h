// What comes just as a timeout ends: it is taken, or it is left as it was.
#pragma once

#include "suite/kinds.h"

namespace psq::conformance {

/// An item becomes visible as the timeout of a get ends, a little sooner or later each time: it is
/// obtained by that get or by the next one, and in its order.
void item_as_timeout_ends(Scenario& t, QueueKind kind);

/// A slot becomes free as the timeout of a put ends, a little sooner or later each time: the put
/// takes it, or it ends as full and leaves it free.
void slot_as_timeout_ends(Scenario& t, QueueKind kind);

}  // namespace psq::conformance
