// What a run does with the stops of its program, and what it demands of other processes meanwhile.
#include "program/run.h"

namespace psq::conformance {

void Run::stop_and_continue() {
  if (!stopper_.stands()) return stopper_.stop_if_due(started_);
  if (!stopper_.is_over() || is_others_turn()) return;
  if (stopper_.current().killed) {
    kill({.process = stopper_.current().process});
    stopper_.forget();
  } else {
    stopper_.resume();
  }
  note_move();
}

// A stop goes on while another process is in a call that must end. Where that is promised, the call
// ends. A process that was stopped in the middle of something else may hold it up, and a dead one
// may have taken what the call waits for.
bool Run::is_others_turn() {
  if (!robust() || !stopper_.is_in_wait() || kills_ > 0) return false;
  for (const Lane& lane : lanes_of(program_)) {
    const Owed call = owed_beside(program_, threads_, lane, stopper_.current().process);
    if (call.thread == nullptr) continue;
    if (quiet_->state() == FairBound::State::kHung) {
      violation_ = hang(call);
      violation_->clause = kStopDelaysNone;
      violation_->why +=
          ", while " + process_name(stopper_.current().process) + " is stopped in calls that wait";
    }
    return quiet_->state() != FairBound::State::kUndecided;
  }
  return false;
}

}  // namespace psq::conformance
