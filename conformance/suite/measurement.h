// What the suite learns of a driver before it judges the implementation.
#pragma once

#include <optional>

#include "protocol/driver_times.h"
#include "protocol/message.h"
#include "suite/options.h"

namespace psq::conformance {

/// Each is missing where the driver cannot be used so far: the tests will say why.
struct Look {
  std::optional<Hello> hello = {};
  std::optional<DriverTimes> times = {};
};

/// Takes a driver of its own, and measures what that takes beside the implementation.
Look look_at_driver(const Options& options);

}  // namespace psq::conformance
