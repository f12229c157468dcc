#pragma once

#include "suite/scenario.h"

namespace psq::conformance {

/// process.objects.while-running: children are started while threads of their parent put to, get
/// from and send into what the children are given, without a pause.
void while_running(Scenario& t);

}  // namespace psq::conformance
