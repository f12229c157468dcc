#include "src/slots.h"

#include <chrono>
#include <thread>

#include "psq/queue.h"
#include "src/queue_memory.h"

namespace psq::detail {

void Slots::set_bound(std::uint64_t bound) noexcept {
  static_assert(kUnbounded == kMaxSize);
  bound_ = bound > 0 ? bound : kUnbounded;
  if constexpr (kFaults)
    if (fault_is(Fault::kBoundIgnored)) bound_ = kUnbounded;
  if constexpr (kFaults)
    if (fault_is(Fault::kBoundInvented) && bound == 0) bound_ = 64;
}

Slots::Taken Slots::take(QueueMemory& queue, Accounts::Id id, bool tasks, Deadline deadline,
                         const std::atomic<bool>& stop) {
  if constexpr (kFaults)
    if (fault_is(Fault::kPutterHoldsPlace))
      return fault_take_holding_place(queue, id, tasks, deadline);
  Taken taken = Taken::kNo;
  int looks = 0;
  [[maybe_unused]] const std::uint32_t before = kFaults ? queue.accounts().items() : 0;
  [[maybe_unused]] const auto blind = [&] {
    return looks > 1 && ((fault_is(Fault::kPutMissesSlot) && !deadline.is_never()) ||
                         (fault_is(Fault::kPutStarves) && queue.accounts().items() != before));
  };
  const auto look = [&](bool closely) {
    ++looks;
    if constexpr (kFaults)
      if (blind()) return stop.load();
    taken = stop.load() ? Taken::kStopped : try_take(queue, id, tasks, closely);
    return taken != Taken::kNo;
  };
  // Whoever is about to sleep, or to give up, looks closely, at the dead as well.
  if (!free_.wait(deadline, [&] { return look(looks >= FutexEvent::kYields); })) (void)look(true);
  if constexpr (kFaults)
    if (taken == Taken::kNo && fault_is(Fault::kFullTakesSlot)) ++fault_taken_;
  return taken;
}

Slots::Taken Slots::try_take(QueueMemory& queue, Accounts::Id id, bool tasks,
                             bool closely) noexcept {
  if constexpr (kFaults)
    if (fault_is(Fault::kBoundRaces) && in_use(queue) < bound_) {
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
      (void)queue.accounts().add(id, [](std::uint32_t) { return true; });
      return Taken::kYes;
    }
  Taken taken = Taken::kNo;
  const auto allowed = [&](std::uint32_t items) {
    taken = Taken::kNo;
    if (!is_free(items, queue)) return false;
    taken = tasks && !queue.tasks().has_room(items) ? Taken::kTooManyTasks : Taken::kYes;
    return taken == Taken::kYes;
  };
  if (queue.accounts().add(id, allowed) || taken != Taken::kNo || !closely) return taken;
  // Perhaps some are in the hands of the dead.
  queue.collect_from_the_dead();
  (void)queue.accounts().add(id, allowed);
  return taken;
}

bool Slots::is_free(std::uint32_t items, QueueMemory& queue) noexcept {
  const auto fits = [&](std::uint32_t read) {
    // Below zero when others have put and read since `items` was looked at.
    const auto used = static_cast<std::int32_t>(items - read) + (kFaults ? fault_taken_.load() : 0);
    return used < 0 || static_cast<std::uint64_t>(used) < bound_;
  };
  if (fits(seen_read_.load(std::memory_order_relaxed))) return true;
  const auto read = static_cast<std::uint32_t>(ever_read(queue));
  seen_read_.store(read, std::memory_order_relaxed);
  return fits(read);
}

std::uint64_t Slots::in_use(QueueMemory& queue) const noexcept {
  for (;;) {
    const std::uint64_t read = ever_read(queue);
    const std::uint32_t items = queue.accounts().items();
    if (read != ever_read(queue)) continue;
    const std::uint32_t used = items - static_cast<std::uint32_t>(read);
    return kFaults ? used + static_cast<std::uint32_t>(fault_taken_.load()) : used;
  }
}

std::uint64_t Slots::ever_read(QueueMemory& queue) noexcept {
  if constexpr (kFaults)
    for (const Fault keeps :
         {Fault::kSlotsNotFreed, Fault::kSlotFreedByTaskDone, Fault::kTasksBrokenKeepsSlot})
      if (fault_is(keeps)) return 0;
  return queue.channel().messages_read();
}

}  // namespace psq::detail
