// The names of the history format for what history.h enumerates, from the tables of
// spec/operations.md and spec/outcomes.md. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "history/history.h"

namespace psq::history {

/// "queue", "joinable_queue", "simple_queue", "pipe", "manager_queue".
[[nodiscard]] std::string_view to_string(ObjectKind kind);
[[nodiscard]] std::optional<ObjectKind> kind_from(std::string_view name);

/// "put", "get", "qsize", …; a pipe's put and get are its "send" and "recv".
[[nodiscard]] std::string_view to_string(Operator op, ObjectKind kind);
/// Also "send_bytes", "recv_bytes" and "recv_bytes_into".
[[nodiscard]] std::optional<Operator> operator_from(std::string_view name);

/// A name of spec/outcomes.md, or "other" or "refused" for those that stand for several; "crashed"
/// for kPending.
[[nodiscard]] std::string_view to_string(Result result);
/// Every name of spec/outcomes.md, "other" and "refused".
[[nodiscard]] std::optional<Result> result_from(std::string_view name);

/// What the operation answers.
[[nodiscard]] constexpr conformance::ValueType value_type_of(Operator op) {
  return kValueTypes[static_cast<std::size_t>(op)];
}
[[nodiscard]] constexpr bool takes_timeout(Operator op) {
  return kTimed[static_cast<std::size_t>(op)];
}

/// How a process that ended so is recorded; kNone for a name that is no ending.
[[nodiscard]] Death death_from(std::string_view ending);

/// All names, as a message lists them: "queue, joinable_queue, simple_queue, pipe or
/// manager_queue".
[[nodiscard]] std::string kinds_in_words();
[[nodiscard]] std::string endings_in_words();

/// Whether an operation that ended so took effect.
[[nodiscard]] constexpr Effect effect_of(Result result) {
  return kEffects[static_cast<std::size_t>(result)];
}

}  // namespace psq::history
