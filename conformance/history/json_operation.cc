#include "history/json_operation.h"

#include <cmath>
#include <limits>
#include <optional>

#include "history/vocabulary_names.h"

namespace psq::history {
namespace {

constexpr std::int64_t kLeastInteger = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMostInteger = std::numeric_limits<std::int64_t>::max();

/// Nanoseconds, rounded down: a call may not be taken to be early by a rounding.
Time to_time(double seconds) {
  constexpr double kNanoseconds = 1e9;
  if (std::isnan(seconds) || seconds * kNanoseconds >= 9e18) return kForever;
  return seconds <= 0 ? 0 : static_cast<Time>(std::floor(seconds * kNanoseconds));
}

Time timeout_from(JsonCursor& json) {
  if (json.take_null()) return kForever;
  if (json.peek() != '"') return to_time(json.number("a number of seconds"));
  const auto at = json.position();
  const auto name = json.string("a timeout");
  if (name == "inf" || name == "nan") return kForever;
  if (name != "-inf") json.fail_at(at, "expected seconds, \"inf\", \"-inf\" or \"nan\"");
  return 0;
}

}  // namespace

/// The members of an operation, as spec/history-format.md has them, in the order in which most
/// recorders write them.
const std::array<JsonOperation::Member, JsonOperation::kMemberCount> JsonOperation::kMembers{{
    {"do", &JsonOperation::read_do},
    {"on", &JsonOperation::read_on},
    {"process", &JsonOperation::read_process},
    {"thread", &JsonOperation::read_thread},
    {"block", &JsonOperation::read_block},
    {"timeout", &JsonOperation::read_timeout},
    {"item", &JsonOperation::read_item},
    {"value", &JsonOperation::read_value},
    {"invoked", &JsonOperation::read_invoked},
    {"outcome", &JsonOperation::read_outcome},
    {"returned", &JsonOperation::read_returned},
    {"error", &JsonOperation::read_error},
}};

bool JsonOperation::read_member(std::string_view key) {
  for (std::size_t tried = 0; tried < kMemberCount; ++tried) {
    // The members come mostly in this order: the one after the last is tried first.
    const auto& member = kMembers[next_];
    next_ = (next_ + 1) % kMemberCount;
    if (member.name != key) continue;
    (this->*member.read)();
    return true;
  }
  return false;
}

void JsonOperation::read_do() {
  const auto at = json_.position();
  const auto name = json_.string("an operation");
  const auto op = operator_from(name);
  if (!op) json_.fail_at(at, "an operation that the format does not have: " + std::string{name});
  operation_.op = *op;
  has_do_ = true;
}

void JsonOperation::read_on() {
  const auto at = json_.position();
  const auto name = json_.string("an object's name");
  const auto object = names_.object(name);
  if (!object) json_.fail_at(at, "the header names no object " + std::string{name});
  operation_.object = *object;
  has_on_ = true;
}

void JsonOperation::read_process() { process_ = json_.string("a process's name"); }

void JsonOperation::read_thread() { thread_ = json_.string("a thread's name"); }

void JsonOperation::read_block() { block_ = json_.boolean("whether the call waits"); }

void JsonOperation::read_timeout() {
  has_timeout_ = true;
  operation_.timeout = timeout_from(json_);
}

void JsonOperation::read_invoked() {
  operation_.invoked = json_.integer("a time in nanoseconds", kLeastInteger, kMostInteger - 1);
  has_invoked_ = true;
}

void JsonOperation::read_outcome() {
  const auto at = json_.position();
  const auto name = json_.string("an outcome");
  const auto result = result_from(name);
  if (!result) json_.fail_at(at, "an outcome that the law does not have: " + std::string{name});
  has_outcome_ = true;
  operation_.result = *result;
}

void JsonOperation::read_returned() {
  if (json_.take_null()) return;
  operation_.returned = json_.integer("a time in nanoseconds", kLeastInteger, kMostInteger - 1);
  has_returned_ = true;
}

/// A text, or its type and message as a driver sends them.
void JsonOperation::read_error() {
  const char c = json_.peek();
  if (c == '"') {
    error_ = json_.string("an error");
  } else if (c == '{') {
    std::string type;
    std::string message;
    json_.object([&](std::string_view key) {
      if (key == "type") {
        type = json_.string("the error's type");
      } else if (key == "message") {
        message = json_.string("the error's message");
      } else {
        json_.skip_value();
      }
    });
    error_ = type.empty() || message.empty() ? type + message : type + ": " + message;
  } else {
    json_.skip_value();
  }
}

void JsonOperation::read_item() {
  const auto begin = json_.position();
  std::optional<std::uint32_t> producer;
  std::optional<std::int64_t> seq;
  std::int64_t size = 0;
  json_.object([&](std::string_view key) {
    if (key == "from") {
      producer = names_.producer(json_.string("the process that made the item"));
    } else if (key == "seq") {
      seq = json_.integer("the item's number", kLeastInteger, kMostInteger);
    } else if (key == "size") {
      size = json_.integer("a number of bytes", 0, kMostInteger);
    } else if (key == "intact") {
      operation_.intact = json_.boolean("whether the item was whole");
    } else {
      json_.skip_value();
    }
  });
  if (!producer || !seq) json_.fail_at(begin, "an item needs from and seq");
  operation_.value = names_.item(*producer, *seq, size);
  has_item_ = true;
}

/// What the call answered: a number, a boolean, or what was received.
void JsonOperation::read_value() {
  const char c = json_.peek();
  if (c == 't' || c == 'f') {
    operation_.answer = json_.boolean("the answer");
    has_answer_ = true;
  } else if (c == '-' || (c >= '0' && c <= '9')) {
    operation_.value = json_.integer("the answer, a whole number", kLeastInteger, kMostInteger);
    has_number_ = true;
  } else if (c == '{') {
    json_.object([&](std::string_view key) {
      if (key == "item") {
        read_item();
      } else {
        json_.skip_value();
      }
    });
  } else {
    json_.skip_value();
  }
}

void JsonOperation::need(bool there, const char* what) const {
  if (!there) json_.fail_at(0, std::string{"an operation needs "} + what);
}

Operation JsonOperation::finish() {
  need(has_do_, "do");
  need(has_on_, "on");
  need(!process_.empty(), "process");
  need(has_invoked_, "invoked");
  const bool pending = operation_.result == Result::kPending;
  need(has_outcome_ == has_returned_ || pending,
       "outcome and returned, or neither when it did not return");
  if (pending) operation_.returned = kNever;
  if (operation_.returned < operation_.invoked) {
    json_.fail_at(0, "the operation returned before it was invoked");
  }
  finish_value();
  if (operation_.op == Operator::kPoll && !has_timeout_) operation_.timeout = 0;
  if (!block_) operation_.timeout = 0;
  const auto process = names_.process(process_);
  if (!process) json_.fail_at(0, "more than 65536 processes");
  operation_.process = *process;
  operation_.thread = names_.thread(*process, thread_);
  return operation_;
}

void JsonOperation::finish_value() {
  const bool ok = operation_.result == Result::kOk;
  switch (value_type_of(operation_.op)) {
    case conformance::ValueType::kPayload:
      if (!ok || !has_item_) operation_.value = -1;  // no call put what is no item
      break;
    case conformance::ValueType::kNumber:
      need(!ok || has_number_, "the number that qsize answered, as value");
      break;
    case conformance::ValueType::kBoolean:
      need(!ok || has_answer_, "the answer, true or false, as value");
      break;
    default:
      need(operation_.op != Operator::kPut || has_item_, "the item that was put");
      break;
  }
}

}  // namespace psq::history
