#include "protocol/outcome.h"

#include <algorithm>
#include <array>
#include <utility>

namespace psq::conformance {
namespace {

constexpr std::array<std::pair<Outcome, std::string_view>, 23> kWords{{
    {Outcome::kOk, "ok"},
    {Outcome::kEmpty, "empty"},
    {Outcome::kFull, "full"},
    {Outcome::kClosed, "closed"},
    {Outcome::kEndOfStream, "end_of_stream"},
    {Outcome::kBrokenPipe, "broken_pipe"},
    {Outcome::kConnectionReset, "connection_reset"},
    {Outcome::kBufferTooShort, "buffer_too_short"},
    {Outcome::kMessageTooLong, "message_too_long"},
    {Outcome::kWrongDirection, "wrong_direction"},
    {Outcome::kNotSerializable, "not_serializable"},
    {Outcome::kNotDeserializable, "not_deserializable"},
    {Outcome::kTaskDoneTooOften, "task_done_too_often"},
    {Outcome::kCountOverflow, "count_overflow"},
    {Outcome::kCorrupted, "corrupted"},
    {Outcome::kInvalidArgument, "invalid_argument"},
    {Outcome::kWrongType, "wrong_type"},
    {Outcome::kNotStarted, "not_started"},
    {Outcome::kRaised, "raised"},
    {Outcome::kUnsupported, "unsupported"},
    {Outcome::kBadRequest, "bad_request"},
    {Outcome::kCrashed, "crashed"},
    {Outcome::kKilled, "killed"},
}};

}  // namespace

std::string_view to_string(Outcome outcome) {
  const auto* found =
      std::ranges::find(kWords, outcome, &std::pair<Outcome, std::string_view>::first);
  return found == kWords.end() ? "?" : found->second;
}

std::optional<Outcome> outcome_from(std::string_view word) {
  const auto* found =
      std::ranges::find(kWords, word, &std::pair<Outcome, std::string_view>::second);
  if (found == kWords.end()) return std::nullopt;
  // The last two are the controller's own words: a driver that sends them lies.
  if (found->first == Outcome::kCrashed || found->first == Outcome::kKilled) return std::nullopt;
  return found->first;
}

}  // namespace psq::conformance
