#include "src/task_count.h"

#include <thread>

#include "src/fault_seam.h"

namespace psq::detail {

bool TaskCount::add() noexcept {
  if constexpr (kFaults)
    if (fault_is(Fault::kCreditAfterTooOften) && fault_shared().exchange(0) > 0) return true;
  std::uint64_t state = state_.load();
  do {
    if constexpr (kFaults)
      if (fault_is(Fault::kOverflowUnchecked)) continue;
    if constexpr (kFaults)
      if (fault_is(Fault::kOverflowLosesTask) && (state & kCountMask) >= kLargest)
        return remove() && false;
    if ((state & kCountMask) >= kLargest) return false;
  } while (!state_.compare_exchange_weak(state, state + 1));
  return true;
}

bool TaskCount::remove() noexcept {
  if constexpr (kFaults)
    if (fault_is(Fault::kTaskDoneForGettersOnly) && fault_own() == 0) return true;
  if constexpr (kFaults)
    if (fault_is(Fault::kTaskDoneAfterGetOnly) && fault_shared().fetch_sub(1) <= 0) return false;
  if constexpr (kFaults)
    if (fault_is(Fault::kCreditAfterTooOften) && (state_.load() & kCountMask) == 0)
      fault_shared() = 1;
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
  if constexpr (kFaults)
    if (fault_is(Fault::kJoinLate)) std::this_thread::sleep_for(10 * kLookAgain);
  if constexpr (kFaults)
    if (fault_is(Fault::kJoinForProducersOnly) && fault_own() == 0) return;
  if constexpr (kFaults)
    if (fault_is(Fault::kSecondJoinerForgotten) && fault_own().fetch_add(1) > 0) fault_hang();
  const std::uint64_t begin = state_.load();
  if constexpr (kFaults)
    if (fault_is(Fault::kJoinOnce) && begin >= kOneZero) return;
  zero_.wait(Deadline::never(), [&] {
    const std::uint64_t now = state_.load();
    if constexpr (kFaults)
      if (fault_is(Fault::kJoinMissesZero)) return (now & ~kCountMask) != (begin & ~kCountMask);
    return (now & kCountMask) == 0 || (now & ~kCountMask) != (begin & ~kCountMask);
  });
  if constexpr (kFaults)
    if (fault_is(Fault::kSecondJoinerForgotten)) fault_own()--;
}

}  // namespace psq::detail
