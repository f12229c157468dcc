#include "history/users.h"

#include <algorithm>

#include "history/vocabulary_names.h"

namespace psq::history {

Users::Users(const Index& index, std::size_t object)
    : drops_(index.history().processes.size()),
      closings_(drops_.size()),
      flushed_(drops_.size(), kNever),
      joined_(drops_.size(), 0),
      killed_(drops_.size()) {
  const auto& processes = index.history().processes;
  for (std::size_t i = 0; i < processes.size(); ++i) {
    killed_[i] = processes[i].death == Death::kKilled;
    if (killed_[i]) {
      drops_[i] = true;
      // A kill whose time is unknown may have been at any.
      first_kill_ = std::min(first_kill_, processes[i].died == kNever ? 0 : processes[i].died);
    } else if (processes[i].death == Death::kExited) {
      flushed_[i] = processes[i].died;
    }
  }
  for (const Number number : index.object(object).operations) {
    note(index.operation(number), index.kind(object));
  }
  for (std::size_t i = 0; i < processes.size(); ++i) {
    if (joined_[i] > 0) flushed_[i] = std::min(flushed_[i], joined_[i]);
    if (drops_[i]) flushed_[i] = kNever;
  }
}

void Users::note(const Operation& operation, ObjectKind kind) {
  const auto process = operation.process;
  if (operation.op == Operator::kCancelJoinThread) drops_[process] = true;
  if (operation.op == Operator::kClose) {
    closings_[process].push_back({operation.invoked, operation.returned});
  }
  if (operation.op == Operator::kJoinThread && effect_of(operation.result) != Effect::kNo) {
    // While one thread waits there, another's join_thread may end at once: only the last one tells.
    joined_[process] = std::max(joined_[process], operation.returned);
  }
  if (!killed_[process]) return;
  const bool flushing = is_buffered(kind) && operation.op == Operator::kPut;
  const bool inside = kind != ObjectKind::kManagerQueue && operation.result == Result::kPending;
  may_hang_ = may_hang_ || flushing || inside;
}

bool Users::may_drop(const Operation& put) const {
  return drops_[put.process] ||
         std::ranges::any_of(closings_[put.process], [&](const Closing& closing) {
           return closing.invoked <= put.returned && put.invoked <= closing.returned;
         });
}

}  // namespace psq::history
