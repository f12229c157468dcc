// Random programs against one driver for a given time: every failure is kept, and the search goes
// on.
#pragma once

#include "suite/options.h"
#include "suite/verdict.h"

namespace psq::conformance {

/// A failure of a driver or an implementation is no exception: it is printed, put into the result
/// file, and kept below the folder for evidence.
ExitStatus soak(const Options& options);

}  // namespace psq::conformance
