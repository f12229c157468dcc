// What a run concludes, and does, when no thread of its program makes progress.
#include "program/run.h"

namespace psq::conformance {

void Run::explain_standstill() {
  if (killed_some() && !stopper_.stands()) {
    const Nanoseconds quiet_for = quiet_->spent().fair;
    if (quiet_for > patience_after_kill()) give_up();
    if (quiet_for < patience_after_kill() / 2) intervene();
    return;
  }
  if (stopper_.stands()) {
    // What waits for the stopped process goes on after it.
    if (!stopper_.is_over()) intervene();
    return;
  }
  const FairBound::State state = quiet_->state();
  if (state == FairBound::State::kUndecided) {
    undecided_ = "no thread moves: " + quiet_->in_words();
    return;
  }
  for (const Lane& lane : lanes_of(program_)) {
    const Owed call = owed(program_, threads_, lane);
    if (call.thread == nullptr) continue;
    if (state == FairBound::State::kHung) violation_ = hang(call);
    return;  // until then the call may still end
  }
  intervene();
  if (state != FairBound::State::kHung) return;
  note_unobtainable();
  if (!violation_) undecided_ = "no thread moves, and no call must end: " + quiet_->in_words();
}

// The helper has asked for these items all the time, and obtained none. A get that has no timeout
// does not end then, which is a call that must end (explain_standstill).
void Run::note_unobtainable() {
  for (const Lane& lane : lanes_of(program_)) {
    const std::int64_t items = tally(program_, threads_, lane).items();
    if (items <= 0 || !helper_.found_nothing(lane)) continue;
    violation_ =
        Violation{.clause = page_of(program_.objects[lane.object].kind) + ".get.exactly-once",
                  .checker = "end",
                  .why = std::to_string(items) + " items were put, and no get obtains one"};
  }
}

void Run::give_up() {
  if (robust()) {
    violation_ = Violation{
        .clause = kGoesOn, .checker = "end", .why = "after the kill a survivor waits for ever"};
  } else {
    gave_up_ = true;  // nothing else is promised; what was seen until now is judged
  }
}

bool Run::intervene() {
  bool any = false;
  for (const Lane& lane : lanes_of(program_)) {
    if (!may_be_cut(lane)) any = helper_.intervene(lane) || any;
  }
  return any;
}

Violation Run::hang(const Owed& call) {
  std::string why = call.thread->call->process + "/" + call.thread->call->request.thread + ": " +
                    call.why + ", for " + human(monotonic_now() - moved_at_);
  if (const auto at = why.find(suffix_); at != std::string::npos) why.erase(at, suffix_.size());
  hanging_ = call.thread->call;
  return {.clause = call.clause, .checker = "end", .why = why};
}

}  // namespace psq::conformance
