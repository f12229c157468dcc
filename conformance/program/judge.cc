#include "program/judge.h"

#include <algorithm>

#include "history/check.h"

namespace psq::conformance {
namespace {

bool closes(const Program& program, const Running& thread) {
  if (thread.process >= program.processes.size()) return false;
  const auto& threads = program.processes[thread.process].threads;
  return std::ranges::any_of(threads, [](const ThreadPlan& each) {
    return std::ranges::any_of(
        each.steps, [](const Action& step) { return step.operation == Operation::kClose; });
  });
}

/// Whether the operation has that outcome, and the program a reason for it.
bool may_end_as(Outcome outcome, const PlannedCall& call, Kind kind, bool after_close) {
  const OperationRow* row = find_operation(type_of(kind), call.operation);
  if (row == nullptr || !row->outcomes.contains(outcome)) return false;
  switch (outcome) {
    case Outcome::kOk:
    case Outcome::kTaskDoneTooOften:
      return true;
    case Outcome::kFull:
    case Outcome::kEmpty:
      return call.time != kNoEnd;
    case Outcome::kClosed:
      return after_close;
    default:
      return false;
  }
}

std::string clause_of(const PlannedCall& call, const Answer& answer, Kind kind) {
  const bool queue = kind == Kind::kQueue || kind == Kind::kJoinableQueue;
  if (queue && answer.outcome == Outcome::kFull) return "queue.put.blocks-when-full";
  if (answer.outcome == Outcome::kEmpty) return page_of(kind) + ".get.waits-for-item";
  if (!gets(call.operation)) return {};
  return is_pipe(kind) ? "pipe.item.sizes-intact" : page_of(kind) + ".item.sizes-intact";
}

std::vector<std::size_t> at_time(const history::History& history, const Answer& answer,
                                 Nanoseconds start) {
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    const auto& each = history.operations[i];
    if (each.invoked == (answer.invoked - start).count() &&
        each.returned == (answer.returned - start).count())
      return {i};
  }
  return {};
}

Nanoseconds start_of(const std::vector<Running>& threads) {
  Nanoseconds start = Nanoseconds::max();
  for (const Running& each : threads) {
    if (!each.call->events.empty()) start = std::min(start, each.call->events[0].invoked);
  }
  return start;
}

/// The first call whose outcome nothing explains; of those, with `defects`, one that is a defect of
/// its operation in every state.
std::optional<Violation> wrong_outcome(const Program& program, const std::vector<Running>& threads,
                                       const history::History& history, bool defects) {
  for (const Running& thread : threads) {
    const bool after_close = closes(program, thread);
    if (thread.done() && thread.call->answer->outcome == Outcome::kCrashed)
      return Violation{.checker = "outcomes",
                       .why = thread.call->process + " crashed in a call",
                       .cause = cause_of(*thread.call->answer)};
    for (std::size_t i = 0; i < std::min(thread.calls.size(), thread.call->events.size()); ++i) {
      const Answer& answer = thread.call->events[i];
      const PlannedCall& call = thread.calls[i];
      const Kind kind = program.objects[call.object].kind;
      if (may_end_as(answer.outcome, call, kind, after_close)) continue;
      if (defects && !cause_of(answer)) continue;
      return Violation{.clause = clause_of(call, answer, kind),
                       .checker = "outcomes",
                       .why = thread.call->process + ": a " +
                              std::string{to_string(call.operation)} + " ended as " +
                              describe(answer) + ", for which nothing is a reason",
                       .witness = at_time(history, answer, start_of(threads)),
                       .cause = cause_of(answer)};
    }
  }
  return std::nullopt;
}

}  // namespace

void judge(const Program& program, const std::vector<Running>& threads, RunResult& result) {
  // An operation's own defect explains what follows from it: a hang, a lost item.
  for (const bool defects : {true, false}) {
    if (has_kills(program) || (result.violation && !defects)) break;
    if (auto wrong = wrong_outcome(program, threads, result.history, defects)) {
      result.violation = std::move(wrong);
      return;
    }
  }
  if (result.violation) return;
  for (const history::Finding& finding : history::check_all(result.history)) {
    if (finding.judgment == history::Judgment::kViolated) {
      result.violation = Violation{.clause = finding.clause,
                                   .checker = finding.checker,
                                   .why = finding.why,
                                   .witness = finding.witness};
      return;
    }
    if (finding.judgment == history::Judgment::kUnknown && result.undecided.empty())
      result.undecided = finding.checker + ": " + finding.why;
  }
}

}  // namespace psq::conformance
