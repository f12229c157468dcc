#include "src/queue_memory.h"

#include <algorithm>
#include <new>
#include <type_traits>

#include "psq/error.h"
#include "src/fault_queue.h"

namespace psq::detail {
namespace {

std::size_t size_of(std::size_t shared) { return shared + Channel::size_of(); }

const char* name_of(QueueKind kind) {
  return kind == QueueKind::kSimple     ? "simple-queue"
         : kind == QueueKind::kJoinable ? "joinable-queue"
                                        : "queue";
}

std::uint32_t unfinished(std::uint32_t items, std::uint64_t done) noexcept {
  const auto left = static_cast<std::int32_t>(items - static_cast<std::uint32_t>(done));
  return left > 0 ? static_cast<std::uint32_t>(left) : 0;
}

// Whether `test` is true of what was seen before or, if not, of what a new look shows: others'
// lines are left alone as long as they need not be looked at.
template <typename Number, typename Look, typename Test>
bool holds(std::atomic<Number>& seen, const Look& look, const Test& test) noexcept {
  if (test(seen.load(std::memory_order_relaxed))) return true;
  const Number now = look();
  seen.store(now, std::memory_order_relaxed);
  return test(now);
}

}  // namespace

QueueMemory::QueueMemory(const CoreOptions& options)
    : kind_(options.kind),
      memory_(size_of(sizeof(Shared))),
      shared_(new (memory_.data()) Shared),
      channel_(memory_.data() + sizeof(Shared), Channel::Begin::kNew) {
  static_assert(std::is_trivially_destructible_v<Shared>, "nobody destroys it");
  shared_->bound = static_cast<std::uint64_t>(options.maxsize > 0 ? options.maxsize : kMaxSize);
  shared_->done = 0 - static_cast<std::uint64_t>(options.unfinished);
  shared_->zero_at = shared_->seen_done = shared_->done.load();
}

QueueMemory::QueueMemory(QueueKind kind, const std::string& token)
    : kind_(kind),
      memory_(take_handle(name_of(kind), token, size_of(sizeof(Shared))), size_of(sizeof(Shared))),
      shared_(reinterpret_cast<Shared*>(memory_.data())),
      channel_(memory_.data() + sizeof(Shared), Channel::Begin::kAsItIs) {}

Handle QueueMemory::handle() const { return make_handle(name_of(kind_), memory_); }

bool QueueMemory::try_take(Writer id, bool closely) {
  if constexpr (kFaults)
    if (fault_is(Fault::kBoundRaces) && !all_slots_in_use()) {
      fault_pause();
      return accounts().add(id, [](std::uint32_t) { return true; });
    }
  bool overflows = false;
  const auto allowed = [&](std::uint32_t put) {
    const bool free = is_slot_free(put);
    overflows = free && kind_ == QueueKind::kJoinable && !is_task_possible(put);
    return free && !overflows;
  };
  bool taken = accounts().add(id, allowed);
  if (!taken && !overflows && closely) {
    collect_from_the_dead();
    taken = accounts().add(id, allowed);
  }
  if (overflows) throw CountOverflow();
  return taken;
}

void QueueMemory::take_back(Writer id) noexcept {
  accounts().lose(id);
  items_lost();
}

void QueueMemory::collect_from_the_dead() noexcept {
  if constexpr (kFaults)
    if (fault_is(Fault::kDeadSlotsStay)) return;
  try {
    if (accounts().lose_of_the_dead(channel_)) items_lost();
  } catch (const SystemError&) {
    // A lock that cannot be taken is for those who need it to complain of.
  }
}

void QueueMemory::items_lost() noexcept {
  slot_freed();
  // Below zero when somebody has called task_done for an item that nobody could have obtained.
  std::uint64_t done = shared_->done.load();
  std::int32_t left = 0;
  do {
    left = static_cast<std::int32_t>(items() - static_cast<std::uint32_t>(done));
  } while (left < 0 && !shared_->done.compare_exchange_weak(
                           done, done + static_cast<std::uint64_t>(std::int64_t{left})));
  if (left <= 0) shared_->no_tasks.notify_all();
}

void QueueMemory::slot_freed() noexcept {
  // Nobody waits for a slot of a queue that has no bound.
  if (shared_->bound < kMaxSize) shared_->free_slot.notify_one();
}

bool QueueMemory::is_slot_free(std::uint32_t put) noexcept {
  return holds(
      shared_->seen_gone, [&] { return items_gone(); },
      [&](std::uint32_t gone) {
        // Below zero when others have put, and others read, since `put` was looked at.
        const auto used =
            static_cast<std::int32_t>(put - gone) + (kFaults ? shared_->fault_slots.load() : 0);
        return used < 0 || static_cast<std::uint64_t>(used) < shared_->bound;
      });
}

std::uint32_t QueueMemory::slots_in_use() const noexcept {
  for (;;) {
    const std::uint32_t gone = items_gone();
    const std::uint32_t put = shared_->accounts.put();
    if (gone != items_gone()) continue;
    const std::uint32_t used = put - gone;
    return kFaults ? used + static_cast<std::uint32_t>(shared_->fault_slots.load()) : used;
  }
}

std::uint32_t QueueMemory::items() const noexcept {
  const std::uint32_t lost = shared_->accounts.lost();
  return shared_->accounts.put() - lost;
}

std::uint32_t QueueMemory::items_gone() const noexcept {
  if constexpr (kFaults)
    if (fault_keeps_slots()) return shared_->accounts.lost();
  return shared_->accounts.lost() + channel_.messages_read();
}

// Every item that is put makes a task, so that a put has nothing else to do. Whether another one
// can be put beside so many.
bool QueueMemory::is_task_possible(std::uint32_t put) noexcept {
  if constexpr (kFaults)
    if (fault_is(Fault::kOverflowUnchecked)) return true;
  const std::uint32_t lost = accounts().lost();
  const bool possible = holds(
      shared_->seen_done, [&] { return shared_->done.load(); },
      [&](std::uint64_t done) { return unfinished(put - lost, done) < kMaxUnfinished; });
  if constexpr (kFaults)
    if (!possible && fault_is(Fault::kOverflowLosesTask)) ++shared_->done;
  return possible;
}

// Whether there are more tasks than so many.
bool QueueMemory::is_task_unfinished(std::uint64_t done) noexcept {
  const std::uint32_t lost = accounts().lost();
  return holds(
      shared_->seen_put, [&] { return accounts().put(); },
      [&](std::uint32_t put) { return unfinished(put - lost, done) > 0; });
}

bool QueueMemory::task_done() noexcept {
  if constexpr (kFaults)
    if (const auto instead = fault_task_done()) return *instead;
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
    if (fault_join_begins()) return true;
  // What was zero before is none of this join's; the count of tasks done may have been set back
  // since.
  const std::uint64_t noted = shared_->zero_at.load();
  const std::uint64_t done = shared_->done.load();
  const std::uint64_t begin = static_cast<std::int64_t>(noted - done) > 0 ? noted : done;
  const auto none = [&] {
    const std::uint64_t done_now = shared_->done.load();
    return unfinished(items(), done_now) == 0;
  };
  const bool zero = shared_->no_tasks.wait(deadline, [&] {
    if constexpr (kFaults) fault_point("joiner-looks");
    if (static_cast<std::int64_t>(shared_->zero_at.load() - begin) > 0) return true;
    if constexpr (kFaults)
      if (fault_is(Fault::kJoinMissesZero)) return false;
    if (none()) return true;
    if (!kFaults || !fault_is(Fault::kDeadTasksStay)) collect_from_the_dead();
    return none();
  });
  if constexpr (kFaults) fault_join_ends();
  return zero;
}

}  // namespace psq::detail
