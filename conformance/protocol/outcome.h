// The closed list of outcomes (spec/outcomes.md) and of what went wrong otherwise.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace psq::conformance {

enum class Outcome {
  kOk,
  kEmpty,
  kFull,
  kClosed,
  kEndOfStream,
  kBrokenPipe,
  kConnectionReset,
  kBufferTooShort,
  kMessageTooLong,
  kWrongDirection,
  kNotSerializable,
  kNotDeserializable,
  kTaskDoneTooOften,
  kCountOverflow,
  kCorrupted,
  kInvalidArgument,
  kWrongType,
  kNotStarted,
  kRaised,
  kUnsupported,
  kBadRequest,
  kCrashed,  // the controller's word: the process died in the call, and the controller did not kill
             // it
  kKilled,   // the controller's word: the controller killed the process in the call
};

std::string_view to_string(Outcome outcome);
std::optional<Outcome> outcome_from(std::string_view word);

/// The driver broke the protocol. Never counts against the implementation.
struct DriverError : std::runtime_error {
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
