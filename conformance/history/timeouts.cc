// Calls that gave up before their timeout had passed, or that had none and gave up all the same.
#include "history/index.h"

namespace psq::history {
namespace {

constexpr const char* kTimeouts = "timeouts";

bool gave_up(const Operation& operation) {
  switch (operation.op) {
    case Operator::kGet:
      return operation.result == Result::kEmpty;
    case Operator::kPut:
      return operation.result == Result::kFull;
    case Operator::kPoll:
      return operation.result == Result::kOk && !operation.answer;
    default:
      return false;
  }
}

std::string never_clause(const Index& index, const Operation& operation) {
  const auto page = std::string{index.page(operation.object)};
  switch (operation.op) {
    case Operator::kGet:
      return page == "pipe" ? "pipe.recv.waits-for-message" : page + ".get.waits-for-item";
    case Operator::kPut:
      return page == "manager" ? "manager.put.waits-when-full" : "queue.put.blocks-when-full";
    default:
      return "pipe.poll.false-after-timeout";
  }
}

std::string early_clause(const Index& index, const Operation& operation) {
  if (operation.op == Operator::kPoll) return "pipe.poll.false-after-timeout";
  const auto kind = index.kind(operation.object);
  if (!is_buffered(kind) && kind != ObjectKind::kManagerQueue) return {};  // no timeouts there
  const auto page = std::string{index.page(operation.object)};
  return page +
         (operation.op == Operator::kGet ? ".get.empty-after-timeout" : ".put.full-after-timeout");
}

}  // namespace

Finding timeouts(const Index& index) {
  const auto count = static_cast<Number>(index.history().operations.size());
  for (Number number = 0; number < count; ++number) {
    const auto& operation = index.operation(number);
    if (!gave_up(operation)) continue;
    if (operation.timeout == kForever) {
      return violated(kTimeouts, never_clause(index, operation), "a call without a timeout gave up",
                      {number});
    }
    const auto took = operation.returned - operation.invoked;
    if (took >= operation.timeout) continue;
    return violated(kTimeouts, early_clause(index, operation),
                    "a call with a timeout of " + std::to_string(operation.timeout) +
                        " ns gave up after " + std::to_string(took) + " ns",
                    {number});
  }
  return {.checker = kTimeouts};
}

Finding check_timeouts(const History& history) { return timeouts(Index{history}); }

}  // namespace psq::history
