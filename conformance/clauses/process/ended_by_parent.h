// A child that its parent ends by a signal.
#pragma once

#include "suite/scenario.h"

namespace psq::conformance {

/// The child ends in the middle of a get, and its exit code is the negative signal.
void expect_ended_by_parent(Scenario& t, const Request& request, int signal);

}  // namespace psq::conformance
