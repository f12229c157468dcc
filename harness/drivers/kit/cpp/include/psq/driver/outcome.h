// The outcomes of an operation: the closed list of spec/outcomes.md.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace psq::driver {

/// `crashed` is missing on purpose, because only the controller can give that outcome.
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
};

/// The name of the outcome in the protocol, e.g. "end_of_stream".
constexpr std::string_view word(Outcome outcome) {
  switch (outcome) {
    case Outcome::kOk:
      return "ok";
    case Outcome::kEmpty:
      return "empty";
    case Outcome::kFull:
      return "full";
    case Outcome::kClosed:
      return "closed";
    case Outcome::kEndOfStream:
      return "end_of_stream";
    case Outcome::kBrokenPipe:
      return "broken_pipe";
    case Outcome::kConnectionReset:
      return "connection_reset";
    case Outcome::kBufferTooShort:
      return "buffer_too_short";
    case Outcome::kMessageTooLong:
      return "message_too_long";
    case Outcome::kWrongDirection:
      return "wrong_direction";
    case Outcome::kNotSerializable:
      return "not_serializable";
    case Outcome::kNotDeserializable:
      return "not_deserializable";
    case Outcome::kTaskDoneTooOften:
      return "task_done_too_often";
    case Outcome::kCountOverflow:
      return "count_overflow";
    case Outcome::kCorrupted:
      return "corrupted";
    case Outcome::kInvalidArgument:
      return "invalid_argument";
    case Outcome::kWrongType:
      return "wrong_type";
    case Outcome::kNotStarted:
      return "not_started";
    case Outcome::kRaised:
      return "raised";
    case Outcome::kUnsupported:
      return "unsupported";
    case Outcome::kBadRequest:
      return "bad_request";
  }
  return "raised";
}

/// The kit or an adapter throws this to answer with an outcome without a call of the
/// implementation: for a malformed request, or for an argument that the implementation's types
/// cannot express.
class Refusal : public std::runtime_error {
 public:
  Refusal(Outcome outcome, const std::string& message)
      : std::runtime_error(message), outcome_(outcome) {}

  [[nodiscard]] Outcome outcome() const { return outcome_; }

 private:
  Outcome outcome_;
};

/// An adapter throws this when it, and not the implementation, went wrong, also inside a call. The
/// controller learns of it, the process ends with status 70, and nothing is judged by it.
class Defect : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

}  // namespace psq::driver
