#include "src/task_count.h"

#include "src/fault_seam.h"

namespace psq::detail {

bool TaskCount::add() noexcept {
  std::uint64_t state = state_.load();
  do {
    if constexpr (kFaults)
      if (fault_is(Fault::kOverflowUnchecked)) continue;
    if ((state & kCountMask) >= kLargest) return false;
  } while (!state_.compare_exchange_weak(state, state + 1));
  return true;
}

bool TaskCount::remove() noexcept {
  std::uint64_t state = state_.load();
  std::uint64_t next = 0;
  do {
    if constexpr (kFaults)
      if (fault_is(Fault::kTaskDoneUnchecked) && (state & kCountMask) == 0) return true;
    if ((state & kCountMask) == 0) return false;
    next = state - 1;
    if ((next & kCountMask) == 0) next += kOneZero;
  } while (!state_.compare_exchange_weak(state, next));
  if ((next & kCountMask) == 0) zero_.notify_all();
  return true;
}

void TaskCount::wait_for_zero() {
  if constexpr (kFaults)
    if (fault_is(Fault::kJoinDoesNotWait)) return;
  const std::uint64_t begin = state_.load();
  zero_.wait(Deadline::never(), [&] {
    const std::uint64_t now = state_.load();
    return (now & kCountMask) == 0 || (now & ~kCountMask) != (begin & ~kCountMask);
  });
}

}  // namespace psq::detail
