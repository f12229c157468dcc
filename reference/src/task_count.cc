#include "src/task_count.h"

#include <thread>

#include "src/fault_seam.h"
#include "src/queue_memory.h"

namespace psq::detail {

void TaskCount::preset(std::uint32_t count) noexcept {
  done_ = 0 - std::uint64_t{count};
  zero_at_ = seen_done_ = done_.load();
}

bool TaskCount::is_zero(const Accounts& accounts) const noexcept {
  const std::uint64_t done = done_.load();
  return unfinished(accounts.items(), done) == 0;
}

bool TaskCount::has_room(std::uint32_t items) noexcept {
  if constexpr (kFaults)
    if (fault_is(Fault::kOverflowUnchecked)) return true;
  if (unfinished(items, seen_done_.load(std::memory_order_relaxed)) < kLargest) return true;
  const std::uint64_t done = done_.load();
  seen_done_.store(done, std::memory_order_relaxed);
  if (unfinished(items, done) < kLargest) return true;
  if constexpr (kFaults)
    if (fault_is(Fault::kOverflowLosesTask)) fault_change(-1);
  return false;
}

bool TaskCount::remove(const Accounts& accounts) noexcept {
  if constexpr (kFaults)
    if (fault_is(Fault::kTaskDoneForGettersOnly) && fault_own() == 0) return true;
  if constexpr (kFaults)
    if (fault_is(Fault::kTaskDoneAfterGetOnly) && fault_shared().fetch_sub(1) <= 0) return false;
  std::uint64_t done = done_.load();
  do {
    if (unfinished(accounts.items(), done) == 0) {
      if constexpr (kFaults)
        if (fault_is(Fault::kCreditAfterTooOften)) fault_shared() = 1;
      return kFaults && fault_is(Fault::kTaskDoneUnchecked);
    }
  } while (!done_.compare_exchange_weak(done, done + 1));
  if constexpr (kFaults) fault_point("task-done");
  if (unfinished(accounts.items(), done + 1) != 0) return true;
  // A put between the two lines above hides a zero; it may as well have come before it.
  std::uint64_t before = zero_at_.load();
  while (static_cast<std::int64_t>(done + 1 - before) > 0 &&
         !zero_at_.compare_exchange_weak(before, done + 1)) {
  }
  if constexpr (kFaults) fault_point("zero-noted");
  zero_.notify_all();
  return true;
}

void TaskCount::items_given_back(const Accounts& accounts) noexcept {
  std::uint64_t done = done_.load();
  for (;;) {
    const auto left =
        static_cast<std::int32_t>(accounts.items() - static_cast<std::uint32_t>(done));
    if (left > 0) return;
    // Below zero when somebody has called task_done for an item that nobody could have obtained.
    if (left == 0 || done_.compare_exchange_weak(done, done + static_cast<std::uint64_t>(left))) {
      return zero_.notify_all();
    }
  }
}

bool TaskCount::wait_for_zero(QueueMemory& queue, Deadline deadline) {
  if constexpr (kFaults)
    if (fault_is(Fault::kJoinDoesNotWait)) return true;
  if constexpr (kFaults)
    if (fault_is(Fault::kJoinLate)) std::this_thread::sleep_for(10 * kLookAgain);
  if constexpr (kFaults)
    if (fault_is(Fault::kJoinForProducersOnly) && fault_own() == 0) return true;
  if constexpr (kFaults)
    if (fault_is(Fault::kSecondJoinerForgotten) && fault_own().fetch_add(1) > 0) fault_hang();
  // What was zero before is none of this join's; the count of tasks done may have been set back
  // since.
  const std::uint64_t noted = zero_at_.load();
  const std::uint64_t done = done_.load();
  const std::uint64_t begin = static_cast<std::int64_t>(noted - done) > 0 ? noted : done;
  if constexpr (kFaults)
    if (fault_is(Fault::kJoinOnce) && fault_shared() > 0) return true;
  const bool zero = zero_.wait(deadline, [&] {
    if constexpr (kFaults) fault_point("joiner-looks");
    if (static_cast<std::int64_t>(zero_at_.load() - begin) > 0) return true;
    if constexpr (kFaults)
      if (fault_is(Fault::kJoinMissesZero)) return false;
    if (is_zero(queue.accounts())) return true;
    if (!kFaults || !fault_is(Fault::kDeadTasksStay)) queue.collect_from_the_dead();
    return is_zero(queue.accounts());
  });
  if constexpr (kFaults)
    if (fault_is(Fault::kJoinOnce)) fault_shared() = 1;
  if constexpr (kFaults)
    if (fault_is(Fault::kSecondJoinerForgotten)) fault_own()--;
  return zero;
}

}  // namespace psq::detail
