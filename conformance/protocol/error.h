// What ends a test besides a failure of the implementation.
#pragma once

#include <stdexcept>

namespace psq::conformance {

/// The driver broke the protocol. Never counts against the implementation.
struct DriverError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A child ended before it said hello, and no process reported a defect of the driver: it ended
/// while the implementation started it and handed its objects over.
struct EndedBeforeHello : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The implementation says that it does not have what a test needs.
struct Unsupported : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Something could not be decided: a slow machine, a clock that was set.
struct Inconclusive : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace psq::conformance
