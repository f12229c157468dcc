// The end of a run: its processes end, its objects are read empty, and its history is judged.
#include "program/judge.h"
#include "program/recorder.h"
#include "program/run.h"

namespace psq::conformance {
namespace {

constexpr auto kDiesWithin = 25ms;

}  // namespace

bool Run::all_dead() {
  for (std::size_t p = 0; p < program_.processes.size(); ++p) {
    if (!peer(p).dead) return false;
  }
  return true;
}

// Everything that a process put is visible once it has ended.
void Run::end_processes() {
  for (std::size_t p = 0; p < program_.processes.size(); ++p) end(p);
  FairBound bound{t_.session().fair_clock(), end_bound() / FairBound::kHangs};
  while (!t_.session().wait_until([&] { return all_dead(); }, t_.patient(kDiesWithin))) {
    const FairBound::State state = bound.state();
    if (state == FairBound::State::kHung) return note_endless_process();
    if (state == FairBound::State::kUndecided)
      throw Inconclusive{"a process whose threads are done: " + bound.in_words()};
    if (!all_done()) continue;
    for (const Lane& lane : lanes_of(program_)) {
      if (!may_be_cut(lane)) helper_.take(lane);
    }
  }
}

Nanoseconds Run::end_bound() const { return killed_some() ? patience_after_kill() : hang_bound_; }

void Run::note_endless_process() {
  if (killed_some() && !robust()) {
    gave_up_ = true;
    return;
  }
  const Kind kind = program_.objects[0].kind;
  violation_ = Violation{
      .clause = killed_some()                  ? kGoesOn
                : kind == Kind::kJoinableQueue ? "joinable-queue.exit.flushes"
                : kind == Kind::kQueue         ? "queue.exit.large-flush"
                                               : "",
      .checker = "end",
      .why = "a process whose threads are done does not end within " + human(hang_bound_)};
}

void Run::empty_out() {
  const auto hangs = [&] {
    violation_ = Violation{.clause = killed_some() ? kGoesOn : "",
                           .checker = "end",
                           .why = "a get at the end, beside no other call, does not end"};
  };
  // What the helper still takes must be counted first.
  const bool all_counted =
      t_.session().await([&] { return all_done(); }, end_bound() / FairBound::kHangs).ended();
  if (!all_counted && !killed_some()) return hangs();
  for (const Lane& lane : lanes_of(program_)) {
    if (may_be_cut(lane)) return;
    if (helper_.empty_out(lane, end_bound())) continue;
    if (killed_some() && !robust()) return;  // the get may wait for ever: incomplete
    return hangs();
  }
  complete_ = true;
}

RunResult Run::judged() {
  RunResult result{.history = record(t_.session(), {first_call_, suffix_}),
                   .violation = std::move(violation_),
                   .undecided = std::move(undecided_),
                   .kills = kills_,
                   .stops = stopper_.stops()};
  result.history.complete = complete_;
  result.overlapping = overlapping_pairs(result.history);
  if (hanging_ != nullptr) mark_hanging(result);
  judge(program_, threads_, result);
  return result;
}

// The pending call of that thread.
void Run::mark_hanging(RunResult& result) const {
  const auto& history = result.history;
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    const auto& thread = history.threads[history.operations[i].thread];
    if (history.operations[i].returned == history::kNever &&
        thread.process + suffix_ == hanging_->process && thread.thread == hanging_->request.thread)
      result.violation->witness.push_back(i);
  }
}

}  // namespace psq::conformance
