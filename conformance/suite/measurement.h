// What the suite learns of a driver before it judges the implementation.
#pragma once

#include <optional>

#include "protocol/driver_times.h"
#include "protocol/message.h"
#include "suite/lacks.h"
#include "suite/options.h"

namespace psq::conformance {

/// Each is missing where the driver cannot be used so far: the tests will say why.
struct Look {
  std::optional<Hello> hello = {};
  std::optional<DriverTimes> times = {};
  Lacks lacks = {};

  /// Why the test would be unsupported; empty when it has to run to know.
  [[nodiscard]] std::string why_unsupported(const TestCase& test) const {
    return hello ? conformance::why_unsupported(test, *hello, lacks) : std::string{};
  }
};

/// Takes a driver of its own, and measures what that takes beside the implementation.
Look look_at_driver(const Options& options);

}  // namespace psq::conformance
