// The unfinished tasks of a joinable queue: every item that the accounts count makes one, so that a
// put has nothing else to do.

#include <thread>

#include "psq/queue.h"
#include "src/queue_memory.h"

namespace psq::detail {
namespace {

std::uint32_t unfinished(std::uint32_t items, std::uint64_t done) noexcept {
  const auto left = static_cast<std::int32_t>(items - static_cast<std::uint32_t>(done));
  return left > 0 ? static_cast<std::uint32_t>(left) : 0;
}

}  // namespace

// Whether another item can be counted beside so many.
bool QueueMemory::is_task_possible(std::uint32_t items) noexcept {
  if constexpr (kFaults)
    if (fault_is(Fault::kOverflowUnchecked)) return true;
  if (unfinished(items, shared_->seen_done.load(std::memory_order_relaxed)) < kMaxUnfinished)
    return true;
  const std::uint64_t done = shared_->done.load();
  shared_->seen_done.store(done, std::memory_order_relaxed);
  if (unfinished(items, done) < kMaxUnfinished) return true;
  if constexpr (kFaults)
    if (fault_is(Fault::kOverflowLosesTask)) fault_change_tasks(-1);
  return false;
}

// Whether there are more tasks than so many. As long as the number of items only grows, one that
// was seen before may be enough.
bool QueueMemory::is_task_unfinished(std::uint64_t done) noexcept {
  const std::uint32_t seen = shared_->seen_items.load();
  if (unfinished(seen, done) > 0 && accounts().only_grew()) return true;
  const std::uint32_t items = accounts().items();
  shared_->seen_items.store(items, std::memory_order_relaxed);
  return unfinished(items, done) > 0;
}

bool QueueMemory::task_done() noexcept {
  if constexpr (kFaults)
    if (fault_is(Fault::kTaskDoneForGettersOnly) && fault_own() == 0) return true;
  if constexpr (kFaults)
    if (fault_is(Fault::kTaskDoneAfterGetOnly) && fault_shared().fetch_sub(1) <= 0) return false;
  std::uint64_t done = shared_->done.load();
  do {
    if (!is_task_unfinished(done)) {
      if constexpr (kFaults)
        if (fault_is(Fault::kCreditAfterTooOften)) fault_shared() = 1;
      return kFaults && fault_is(Fault::kTaskDoneUnchecked);
    }
  } while (!shared_->done.compare_exchange_weak(done, done + 1));
  if constexpr (kFaults) fault_point("task-done");
  if (is_task_unfinished(done + 1)) return true;
  // A put between the two lines above hides a zero; it may as well have come before it.
  std::uint64_t before = shared_->zero_at.load();
  while (static_cast<std::int64_t>(done + 1 - before) > 0 &&
         !shared_->zero_at.compare_exchange_weak(before, done + 1)) {
  }
  if constexpr (kFaults) fault_point("zero-noted");
  shared_->no_tasks.notify_all();
  return true;
}

bool QueueMemory::wait_for_no_tasks(Deadline deadline) {
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
  const std::uint64_t noted = shared_->zero_at.load();
  const std::uint64_t done = shared_->done.load();
  const std::uint64_t begin = static_cast<std::int64_t>(noted - done) > 0 ? noted : done;
  const auto none = [&] {
    const std::uint64_t done_now = shared_->done.load();
    return unfinished(accounts().items(), done_now) == 0;
  };
  if constexpr (kFaults)
    if (fault_is(Fault::kJoinOnce) && fault_shared() > 0) return true;
  const bool zero = shared_->no_tasks.wait(deadline, [&] {
    if constexpr (kFaults) fault_point("joiner-looks");
    if (static_cast<std::int64_t>(shared_->zero_at.load() - begin) > 0) return true;
    if constexpr (kFaults)
      if (fault_is(Fault::kJoinMissesZero)) return false;
    if (none()) return true;
    if (!kFaults || !fault_is(Fault::kDeadTasksStay)) collect_from_the_dead();
    return none();
  });
  if constexpr (kFaults)
    if (fault_is(Fault::kJoinOnce)) fault_shared() = 1;
  if constexpr (kFaults)
    if (fault_is(Fault::kSecondJoinerForgotten)) fault_own()--;
  return zero;
}

}  // namespace psq::detail
