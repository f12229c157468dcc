#include "history/words.h"

#include <array>
#include <utility>

namespace psq::history {
namespace {

template <typename T>
using Word = std::pair<std::string_view, T>;

constexpr std::array kKinds{
    Word<ObjectKind>{"queue", ObjectKind::kQueue},
    Word<ObjectKind>{"joinable_queue", ObjectKind::kJoinableQueue},
    Word<ObjectKind>{"simple_queue", ObjectKind::kSimpleQueue},
    Word<ObjectKind>{"pipe", ObjectKind::kPipe},
    Word<ObjectKind>{"manager_queue", ObjectKind::kManagerQueue},
};

// Of several words for one thing the first is the one that is written.
constexpr std::array kOperators{
    Word<Operator>{"put", Operator::kPut},
    Word<Operator>{"get", Operator::kGet},
    Word<Operator>{"send", Operator::kPut},
    Word<Operator>{"recv", Operator::kGet},
    Word<Operator>{"qsize", Operator::kQsize},
    Word<Operator>{"empty", Operator::kEmpty},
    Word<Operator>{"full", Operator::kFull},
    Word<Operator>{"task_done", Operator::kTaskDone},
    Word<Operator>{"join", Operator::kJoin},
    Word<Operator>{"close", Operator::kClose},
    Word<Operator>{"join_thread", Operator::kJoinThread},
    Word<Operator>{"cancel_join_thread", Operator::kCancelJoinThread},
    Word<Operator>{"poll", Operator::kPoll},
    Word<Operator>{"send_bytes", Operator::kPut},
    Word<Operator>{"recv_bytes", Operator::kGet},
    Word<Operator>{"recv_bytes_into", Operator::kGet},
};

constexpr std::array kResults{
    Word<Result>{"ok", Result::kOk},
    Word<Result>{"empty", Result::kEmpty},
    Word<Result>{"full", Result::kFull},
    Word<Result>{"closed", Result::kClosed},
    Word<Result>{"end_of_stream", Result::kEndOfStream},
    Word<Result>{"broken_pipe", Result::kBrokenPipe},
    Word<Result>{"task_done_too_often", Result::kTaskDoneTooOften},
    Word<Result>{"corrupted", Result::kCorrupted},
    Word<Result>{"refused", Result::kRefused},
    Word<Result>{"other", Result::kOther},
    Word<Result>{"crashed", Result::kPending},
    Word<Result>{"wrong_direction", Result::kRefused},
    Word<Result>{"not_serializable", Result::kRefused},
    Word<Result>{"count_overflow", Result::kRefused},
    Word<Result>{"invalid_argument", Result::kRefused},
    Word<Result>{"wrong_type", Result::kRefused},
    Word<Result>{"not_started", Result::kRefused},
    Word<Result>{"unsupported", Result::kRefused},
    Word<Result>{"bad_request", Result::kRefused},
    // What was received is gone, or may be, and so may what was on its way.
    Word<Result>{"not_deserializable", Result::kOther},
    Word<Result>{"buffer_too_short", Result::kOther},
    Word<Result>{"message_too_long", Result::kOther},
    Word<Result>{"connection_reset", Result::kOther},
    Word<Result>{"raised", Result::kOther},
};

template <typename T, std::size_t N>
std::optional<T> find(const std::array<Word<T>, N>& words, std::string_view word) {
  for (const auto& [known, meaning] : words) {
    if (known == word) return meaning;
  }
  return std::nullopt;
}

template <typename T, std::size_t N>
std::string_view name(const std::array<Word<T>, N>& words, T meaning) {
  for (const auto& [word, known] : words) {
    if (known == meaning) return word;
  }
  return "?";
}

}  // namespace

std::string_view to_string(ObjectKind kind) { return name(kKinds, kind); }
std::optional<ObjectKind> kind_from(std::string_view word) { return find(kKinds, word); }

std::string_view to_string(Operator op, ObjectKind kind) {
  if (kind == ObjectKind::kPipe && op == Operator::kPut) return "send";
  if (kind == ObjectKind::kPipe && op == Operator::kGet) return "recv";
  return name(kOperators, op);
}
std::optional<Operator> operator_from(std::string_view word) { return find(kOperators, word); }

std::string_view to_string(Result result) { return name(kResults, result); }
std::optional<Result> result_from(std::string_view word) { return find(kResults, word); }

}  // namespace psq::history
