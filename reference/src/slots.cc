// The slots of a queue.

#include <chrono>
#include <thread>

#include "psq/queue.h"
#include "src/queue_memory.h"

namespace psq::detail {

QueueMemory::Taken QueueMemory::try_take(Accounts::Id id, bool closely) noexcept {
  if constexpr (kFaults)
    if (fault_is(Fault::kBoundRaces) && !all_slots_in_use()) {
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
      (void)accounts().add(id, [](std::uint32_t) { return true; });
      return Taken::kYes;
    }
  Taken taken = Taken::kNo;
  const auto allowed = [&](std::uint32_t items) {
    taken = !is_slot_free(items)                        ? Taken::kNo
            : counts_tasks_ && !is_task_possible(items) ? Taken::kTooManyTasks
                                                        : Taken::kYes;
    return taken == Taken::kYes;
  };
  if (!accounts().add(id, allowed) && taken == Taken::kNo && closely) {
    collect_from_the_dead();
    (void)accounts().add(id, allowed);
  }
  return taken;
}

void QueueMemory::slot_freed() noexcept {
  // Nobody waits for a slot of a queue that has no bound.
  if (shared_->bound < kMaxSize) shared_->free_slot.notify_one();
}

bool QueueMemory::is_slot_free(std::uint32_t items) noexcept {
  const auto fits = [&](std::uint32_t read) {
    // Below zero when others have put and read since `items` was looked at.
    const auto used =
        static_cast<std::int32_t>(items - read) + (kFaults ? shared_->fault_slots.load() : 0);
    return used < 0 || static_cast<std::uint64_t>(used) < shared_->bound;
  };
  if (fits(shared_->seen_read.load(std::memory_order_relaxed))) return true;
  const std::uint32_t read = items_read();
  shared_->seen_read.store(read, std::memory_order_relaxed);
  return fits(read);
}

std::uint32_t QueueMemory::slots_in_use() const noexcept {
  for (;;) {
    const std::uint32_t read = items_read();
    const std::uint32_t items = shared_->accounts.items();
    if (read != items_read()) continue;
    const std::uint32_t used = items - read;
    return kFaults ? used + static_cast<std::uint32_t>(shared_->fault_slots.load()) : used;
  }
}

std::uint32_t QueueMemory::items_read() const noexcept {
  if constexpr (kFaults)
    for (const Fault keeps :
         {Fault::kSlotsNotFreed, Fault::kSlotFreedByTaskDone, Fault::kTasksBrokenKeepsSlot})
      if (fault_is(keeps)) return 0;
  return channel_.messages_read();
}

}  // namespace psq::detail
