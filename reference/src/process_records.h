// How many items each process has put into a queue, so that the slots and tasks of a dead process
// come back.
//
// A put counts its item before the item goes to the buffer; the count takes a slot and, in a
// JoinableQueue, makes a task. The count is a packed state that also says which process put last.
// The next put first saves it to that process's record. So a process may die at any instruction,
// and its record is still right. The channel counts which items have become visible. What a process
// has counted beyond that dies with it: any process that collects counts it as lost.
//
// A process lives as long as the feeder thread of its queue holds the lock of its record. That
// tells a dead process from a stopped one, needs no pid, and is known at once.

#pragma once

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <new>

#include "psq/error.h"
#include "src/channel.h"
#include "src/probe.h"
#include "src/robust_lock.h"

namespace psq::detail {

// Lives in shared memory. Any thread of any process may call any method. All counts of items wrap
// around.
class ProcessRecords {
 public:
  // Takes a record for the calling process, until the calling thread leaves or ends. Returns its
  // index, which is also the process's index in the channel. Throws SystemError when kProducers
  // records are taken.
  [[nodiscard]] Producer enter(const Channel& channel) {
    for (Producer id = 0; id < used_.load(); ++id) {
      if (!record(id).life.try_lock()) continue;
      at("record-taken");
      settle(id, channel);
      return id;
    }
    const std::lock_guard guard(opening_);
    const Producer id = used_.load();
    if (id == kProducers) throw SystemError("too many processes put into one queue", EAGAIN);
    new (&record(id)) Record;
    (void)record(id).life.try_lock();  // No other process knows of it yet.
    at("record-opened");
    used_.store(id + 1);
    return id;
  }

  // Called by the thread that entered, when no item is between its put and the channel.
  void leave(Producer id) noexcept { record(id).life.unlock(); }

  // How many items were put so far.
  [[nodiscard]] std::uint32_t put() const noexcept { return last_.load().value(); }
  // How many of them will never become visible.
  [[nodiscard]] std::uint32_t lost() const noexcept { return lost_.load(); }

  // Counts as many items as `allowed(put())` says, kMostAdded at most. It may call `allowed`
  // several times, the last time with the number just before these items; returns its last result.
  // Called by the process that entered, one thread at a time.
  template <typename Allowed>
  std::uint32_t add(Producer id, const Allowed& allowed) noexcept {
    for (;;) {
      PackedStep last = last_.load();
      if (!save(last)) continue;
      const std::uint32_t items = allowed(last.value());
      if (items == 0) return 0;
      const std::uint64_t sequence = record(id).put.load() + items;
      if (!last_.compare_exchange_weak(last, PackedStep::of(last.value() + items, id, sequence)))
        continue;
      at("item-counted");
      // No other process counts for this record; one that was faster has saved the same number.
      record(id).put.store(sequence, std::memory_order_release);
      return items;
    }
  }
  // A packed state has the lowest 20 bits of a sequence number.
  static constexpr std::uint32_t kMostAdded = 1 << 16;
  // Counts items of the calling process as lost. Called in the same way.
  void lose(Producer id, std::uint32_t items) noexcept {
    record(id).lost.fetch_add(items);
    (void)add_up_lost();
  }

  // Counts the items of dead processes as lost that are not visible. Returns whether there were
  // any. Never waits: it skips a record that another survivor is settling.
  bool lose_of_the_dead(const Channel& channel) {
    for (Producer id = 0; id < used_.load(); ++id) {
      // A free lock has no living holder. While this process settles the record, no other does.
      const std::unique_lock guard(record(id).life, std::try_to_lock);
      if (altered("process.dead", guard.owns_lock())) settle(id, channel);
    }
    return add_up_lost();
  }

 private:
  struct Record {
    alignas(kCacheLine) RobustLock life;
    std::atomic<std::uint64_t> put{0};
    std::atomic<std::uint32_t> lost{0};
  };

  // Saves the sequence number of the last put to the record of its process. False: it is not the
  // last put any more.
  bool save(PackedStep last) noexcept {
    auto& put = record(last.producer()).put;
    std::uint64_t before = put.load();
    if (last_.load().bits != last.bits) return false;
    const std::uint64_t sequence = last.sequence(before);
    if (sequence != before) put.compare_exchange_strong(before, sequence);
    return true;
  }

  Record& record(Producer id) noexcept { return reinterpret_cast<Record*>(records_.data())[id]; }
  // Completes the record of a process that is dead or has left. Called with its lock held. A second
  // call has the same result.
  void settle(Producer id, const Channel& channel) noexcept {
    while (!save(last_.load())) {
    }
    record(id).lost = static_cast<std::uint32_t>(record(id).put - channel.committed(id));
    at("record-settled");
  }

  // Adds up the lost items of all records. False: there are no more than before.
  bool add_up_lost() noexcept {
    std::uint32_t sum = 0;
    for (Producer id = 0; id < used_.load(); ++id) sum += record(id).lost.load();
    std::uint32_t before = lost_.load();
    while (static_cast<std::int32_t>(sum - before) > 0) {
      if (lost_.compare_exchange_weak(before, sum)) return true;
    }
    return false;
  }

  std::atomic<PackedStep> last_{};  // The last put; its value is the number of items put.
  alignas(kCacheLine)
      RobustLock opening_;              // Held by a process that uses a record for the first time.
  std::atomic<std::uint32_t> used_{0};  // Records that were ever taken.
  std::atomic<std::uint32_t> lost_{0};  // By all records, as of the last time they were added up.
  // Not initialized before use: untouched pages take no space.
  alignas(Record) std::array<std::byte, kProducers * sizeof(Record)> records_;
};

}  // namespace psq::detail
