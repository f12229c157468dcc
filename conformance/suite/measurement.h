// What the suite measures of a driver before it judges the implementation.
#pragma once

#include <optional>

#include "protocol/driver_times.h"
#include "suite/options.h"

namespace psq::conformance {

/// Nothing when the driver cannot be used: the tests will say why. Takes a driver of its own.
std::optional<DriverTimes> measure_driver(const Options& options);

}  // namespace psq::conformance
