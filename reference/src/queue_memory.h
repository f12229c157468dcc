// What the processes of a queue share: its channel, and the slots and tasks of its items.
//
// Neither the slots in use nor the unfinished tasks are stored. They follow from how many items
// were put, lost with a dead process, read, and finished, so that no two numbers can disagree after
// a death. A put takes a slot before its item is buffered; the slot is free as soon as the channel
// counts the item as read. A SimpleQueue uses the channel alone.

#pragma once

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include "psq/error.h"
#include "psq/queue_core.h"
#include "src/channel.h"
#include "src/futex_event.h"
#include "src/memory_mark.h"
#include "src/pid_namespace.h"
#include "src/probe.h"
#include "src/process_records.h"
#include "src/shared_memory.h"

namespace psq::detail {

// Lives in shared memory, with its channel's bytes behind it. Any thread of any process that has it
// may call any method.
class QueueMemory {
 public:
  // In zeroed memory, with Channel::kCapacity more bytes behind the object.
  explicit QueueMemory(const CoreOptions& options)
      : kind_(options.kind),
        bound_(static_cast<std::uint64_t>(options.maxsize > 0 ? options.maxsize : kMaxSize)),
        seen_done_(0 - static_cast<std::uint64_t>(options.unfinished)),
        done_(seen_done_.load()),
        zero_at_(seen_done_.load()) {
    static_assert(std::is_trivially_destructible_v<QueueMemory>, "it is never destroyed");
  }

  [[nodiscard]] MemoryMark& mark() noexcept { return mark_; }
  [[nodiscard]] QueueKind kind() const noexcept { return kind_; }

  // Whether this process may use the locks: it is in the PID namespace of the queue's creator, as
  // far as both are known.
  [[nodiscard]] bool is_at_home() const noexcept {
    const std::uint64_t here = PidNamespace::current();
    return here == pid_namespace_ || here == 0 || pid_namespace_ == 0;
  }
  // Throws SystemError when it may not.
  void check_at_home() const {
    if (!is_at_home()) throw_not_at_home();
  }
  [[nodiscard]] Channel& channel() noexcept { return channel_; }
  [[nodiscard]] ProcessRecords& records() noexcept { return records_; }

  // Counts items, `most` at most, in the record of the calling process, one thread at a time. That
  // takes their slots and, in a JoinableQueue, makes tasks. `closely`: first collects from dead
  // processes if no slot is free. None: no slot is free. Throws CountOverflow.
  [[nodiscard]] std::uint32_t try_take(Producer id, bool closely, std::size_t most = 1) {
    most = std::min<std::size_t>(most, ProcessRecords::kMostAdded);
    bool overflows = false;
    const auto allowed = [&](std::uint32_t put) {
      const std::uint32_t free = free_slots(put, static_cast<std::uint32_t>(most));
      const std::uint32_t possible =
          kind_ == QueueKind::kJoinable && free > 0 ? possible_tasks(put, free) : free;
      overflows = free > 0 && possible == 0;
      return possible;
    };
    std::uint32_t taken = records().add(id, allowed);
    if (taken == 0 && !overflows && closely) {
      collect_from_the_dead();
      taken = records().add(id, allowed);
    }
    if (overflows) throw CountOverflow();
    return taken;
  }

  // Takes back items that were counted and cannot be put.
  void take_back(Producer id, std::uint32_t items = 1) noexcept {
    records().lose(id, items);
    items_lost();
  }

  // Call it after reads from the channel.
  void slots_freed(std::size_t slots) noexcept {
    // No put waits for a slot of a queue without a bound.
    if (bound_ == kMaxSize) return;
    if (slots == 1)
      free_slot_.notify_one();
    else
      free_slot_.notify_all();
  }

  // Call it when a wait for a slot ends in whatever way.
  void pass_on_slot() noexcept {
    free_slot_.pass_on_if([&] { return !all_slots_in_use(); });
  }

  [[nodiscard]] FutexEvent& free_slot() noexcept { return free_slot_; }
  // Ends the waits for slots and items in processes that have requested a stop.
  void wake_all() noexcept {
    free_slot_.notify_all();
    channel_.wake_receivers();
  }
  [[nodiscard]] std::uint32_t slots_in_use() const noexcept {
    for (;;) {
      const std::uint32_t gone = items_gone();
      const std::uint32_t put = records_.put();
      if (gone == items_gone()) return put - gone;
    }
  }

  [[nodiscard]] bool all_slots_in_use() const noexcept { return slots_in_use() >= bound_; }

  // One task is done. False, with no effect: none is unfinished.
  [[nodiscard]] bool task_done() noexcept {
    const std::uint32_t lost = records_.lost();
    std::uint64_t done = done_.load();
    do {
      if (!is_task_unfinished(done)) {
        return false;
      }
    } while (!done_.compare_exchange_weak(done, done + 1));
    at("task-done");
    if (records_.lost() != lost) items_lost();  // The task may have been that of a lost item.
    if (is_task_unfinished(done + 1)) return true;
    // A put between the two lines above hides a zero. The result is as if the put had come first.
    std::uint64_t before = zero_at_.load();
    while (static_cast<std::int64_t>(done + 1 - before) > 0 &&
           !zero_at_.compare_exchange_weak(before, done + 1)) {
    }
    at("zero-noted");
    no_tasks_.notify_all();
    return true;
  }

  // True as soon as the number of unfinished tasks is zero, or was zero during the call. False: the
  // deadline has passed.
  [[nodiscard]] bool wait_for_no_tasks(Deadline deadline) {
    // A zero before this call does not count. The number of tasks done may have been set back since
    // the last zero.
    const std::uint64_t noted = zero_at_.load();
    const std::uint64_t done = done_.load();
    const std::uint64_t begin = static_cast<std::int64_t>(noted - done) > 0 ? noted : done;
    const auto none = [&] {
      const std::uint64_t done_now = done_.load();
      return unfinished(items(), done_now) == 0;
    };
    const bool done_all = no_tasks_.wait(deadline, [&] {
      at("joiner-looks");
      if (static_cast<std::int64_t>(zero_at_.load() - begin) > 0) return true;
      if (none()) return true;
      collect_from_the_dead();
      return none();
    });
    if (done_all) no_tasks_.notify_all();  // The notification may have been lost with its sender.
    return done_all;
  }

  // Takes back the slots and tasks of items that died with their process before they became
  // visible, and notifies the calls that wait for them. Never waits.
  void collect_from_the_dead() noexcept {
    if (!is_at_home()) return;
    try {
      if (records().lose_of_the_dead(channel_)) items_lost();
    } catch (const SystemError&) {
      // The calls that need the lock report the error.
    }
  }

 private:
  [[noreturn]] static void throw_not_at_home() {
    throw SystemError(
        "cannot use a queue of another PID namespace, whose thread numbers repeat here; create the "
        "queue in this one, or start this process in that of the creator",
        ENOTSUP);
  }

  static std::uint32_t unfinished(std::uint32_t items, std::uint64_t done) noexcept {
    const auto left = static_cast<std::int32_t>(items - static_cast<std::uint32_t>(done));
    return left > 0 ? static_cast<std::uint32_t>(left) : 0;
  }

  // Whether `test` is true of the remembered number or, if not, of the current one. A cache line
  // that another process writes is read only when the remembered number does not suffice.
  template <typename Number, typename Look, typename Test>
  static bool holds(std::atomic<Number>& seen, const Look& look, const Test& test) noexcept {
    if (test(seen.load(std::memory_order_relaxed))) return true;
    const Number now = look();
    seen.store(now, std::memory_order_relaxed);
    return test(now);
  }

  // Items put and not lost. Items lost or read.
  [[nodiscard]] std::uint32_t items() const noexcept {
    const std::uint32_t lost = records_.lost();
    return records_.put() - lost;
  }

  [[nodiscard]] std::uint32_t items_gone() const noexcept {
    return altered("items.gone", records_.lost() + channel_.messages_read(), *this);
  }

  // How many slots are free beside those of `put` items, `most` at most.
  [[nodiscard]] std::uint32_t free_slots(std::uint32_t put, std::uint32_t most) noexcept {
    std::uint64_t free = 0;
    (void)holds(
        seen_gone_, [&] { return items_gone(); },
        [&](std::uint32_t gone) {
          // Below zero when items were put and read since `put` was loaded.
          const auto used = std::max(static_cast<std::int32_t>(put - gone), 0);
          free = bound_ - std::min(static_cast<std::uint64_t>(used), bound_);
          return free >= most;
        });
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(free, most));
  }

  // How many more tasks are possible beside those of `put` items, `most` at most. Each counted item
  // is a task, so a put has nothing else to do.
  [[nodiscard]] std::uint32_t possible_tasks(std::uint32_t put, std::uint32_t most) noexcept {
    const std::uint32_t lost = records().lost();
    std::uint32_t possible = 0;
    (void)holds(
        seen_done_, [&] { return done_.load(); },
        [&](std::uint64_t done) {
          possible = kMaxUnfinished -
                     std::min<std::uint32_t>(unfinished(put - lost, done), kMaxUnfinished);
          return possible >= most;
        });
    return std::min(possible, most);
  }

  // Whether there are more tasks than `done`.
  [[nodiscard]] bool is_task_unfinished(std::uint64_t done) noexcept {
    const std::uint32_t lost = records().lost();
    return holds(
        seen_put_, [&] { return records().put(); },
        [&](std::uint32_t put) { return unfinished(put - lost, done) > 0; });
  }

  void items_lost() noexcept {
    slots_freed(1);
    // Below zero when task_done was called for an item that no process could have obtained.
    std::uint64_t done = done_.load();
    std::int32_t left = 0;
    do {
      left = static_cast<std::int32_t>(items() - static_cast<std::uint32_t>(done));
    } while (left < 0 && !done_.compare_exchange_weak(
                             done, done + static_cast<std::uint64_t>(std::int64_t{left})));
    if (left <= 0) no_tasks_.notify_all();
  }

  MemoryMark mark_;  // First.
  ProcessRecords records_;
  const std::uint64_t pid_namespace_ = PidNamespace::current();
  const QueueKind kind_;
  const std::uint64_t bound_;
  FutexEvent free_slot_;
  FutexEvent no_tasks_;
  // Numbers as some process last loaded them.
  alignas(kCacheLine) std::atomic<std::uint32_t> seen_gone_{0};
  std::atomic<std::uint64_t> seen_done_;
  alignas(kCacheLine) std::atomic<std::uint32_t> seen_put_{0};
  std::atomic<std::uint64_t> done_;     // Tasks done, less those that the queue began with.
  std::atomic<std::uint64_t> zero_at_;  // The value of `done_` when no task was unfinished last.
  Channel channel_;                     // Last: its bytes are behind it.
};

// A queue's memory in one process, which lives as long as a copy of this object, or until its
// reset.
class QueuePointer {
 public:
  explicit QueuePointer(std::shared_ptr<SharedMemory> memory) : memory_(std::move(memory)) {}

  [[nodiscard]] QueueMemory& operator*() const noexcept {
    return *reinterpret_cast<QueueMemory*>(memory_->data());
  }
  [[nodiscard]] QueueMemory* operator->() const noexcept { return &**this; }
  [[nodiscard]] const SharedMemory& memory() const noexcept { return *memory_; }
  // The object can only be destroyed then.
  void reset() noexcept { memory_.reset(); }

 private:
  std::shared_ptr<SharedMemory> memory_;
};

}  // namespace psq::detail
