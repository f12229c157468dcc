// Who put how many items into a queue, so that what a dead process still had comes back.
//
// A put counts an item, which takes a slot and, in a queue that counts them, a task, before it goes
// to the buffer. The count is one word; which process the last put was of stands in the same word,
// and whoever puts next first writes the last one down in that process's account. So a process may
// die at any moment, and its account is still right. The channel counts which items have become
// visible. What a process has counted more than that dies with it: whoever looks next counts it as
// lost.
//
// A process lives as long as the feeder thread of its queue holds the lock of its account; that
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

// Lives in shared memory. Any thread of any process may call any method. All numbers of items wrap
// around.
class ProcessRecords {
 public:
  // Opens an account, which is the process's until the calling thread leaves or ends, and whose
  // number the process writes into the channel with. Throws SystemError when there are kWriters
  // already.
  [[nodiscard]] Writer enter(const Channel& channel) {
    for (Writer id = 0; id < used_.load(); ++id) {
      if (!record(id).life.try_lock()) continue;
      at("record-taken");
      settle(id, channel);
      return id;
    }
    const std::lock_guard guard(opening_);
    const Writer id = used_.load();
    if (id == kWriters) throw SystemError("too many processes put into one queue", EAGAIN);
    new (&record(id)) Record;
    (void)record(id).life.try_lock();  // Nobody else knows of it yet.
    at("record-opened");
    used_.store(id + 1);
    return id;
  }

  // By the thread that entered, when no item is on its way from a put to the channel.
  void leave(Writer id) noexcept { record(id).life.unlock(); }

  // How many items were ever put.
  [[nodiscard]] std::uint32_t put() const noexcept { return last_.load().value(); }
  // How many of these will never become visible.
  [[nodiscard]] std::uint32_t lost() const noexcept { return lost_.load(); }

  // Counts one item if `allowed(put())` is true, which may be called several times, the last one
  // with the number just before this item. Returns its last value. By the process that entered, one
  // thread at a time.
  template <typename Allowed>
  bool add(Writer id, const Allowed& allowed) noexcept {
    for (;;) {
      Step last = last_.load();
      if (!write_down(last)) continue;
      if (!allowed(last.value())) return false;
      const std::uint64_t number = record(id).put.load() + 1;
      if (!last_.compare_exchange_weak(last, Step::of(last.value() + 1, id, number))) continue;
      at("item-counted");
      // Nobody else counts for this account: whoever was quicker has written the same.
      record(id).put.store(number, std::memory_order_release);
      return true;
    }
  }
  // Counts one of them as lost, in the same way.
  void lose(Writer id) noexcept {
    record(id).lost.fetch_add(1);
    (void)add_up_lost();
  }

  // Counts those of dead processes as lost. Returns whether there were any. Never waits: what a
  // survivor is just looking at itself is left to it.
  bool lose_of_the_dead(const Channel& channel) {
    for (Writer id = 0; id < used_.load(); ++id) {
      // Nobody has it: nobody alive. Whoever looks closer keeps others from doing the same.
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

  // Sees to it that the last put stands in its account. False: it is not the last one any more.
  bool write_down(Step last) noexcept {
    auto& put = record(last.who()).put;
    std::uint64_t before = put.load();
    if (last_.load().word != last.word) return false;
    const std::uint64_t number = last.number(before);
    if (number != before) put.compare_exchange_strong(before, number);
    return true;
  }

  Record& record(Writer id) noexcept { return reinterpret_cast<Record*>(records_.data())[id]; }
  // Closes the account of a process that is dead, or has left. By the holder of its lock: whoever
  // does it again comes to the same.
  void settle(Writer id, const Channel& channel) noexcept {
    while (!write_down(last_.load())) {
    }
    record(id).lost = static_cast<std::uint32_t>(record(id).put - channel.committed(id));
    at("record-settled");
  }

  // False: there are no more than before.
  bool add_up_lost() noexcept {
    std::uint32_t sum = 0;
    for (Writer id = 0; id < used_.load(); ++id) sum += record(id).lost.load();
    std::uint32_t before = lost_.load();
    while (static_cast<std::int32_t>(sum - before) > 0) {
      if (lost_.compare_exchange_weak(before, sum)) return true;
    }
    return false;
  }

  std::atomic<Step> last_{};                // A put; its value is the number of items.
  alignas(kCacheLine) RobustLock opening_;  // For those who open the first account in a place.
  std::atomic<std::uint32_t> used_{0};      // Places in which there ever was an account.
  std::atomic<std::uint32_t> lost_{0};      // By all accounts, as of when somebody last added up.
  // Not touched before they are needed: so long they cost nothing.
  alignas(Record) std::array<std::byte, kWriters * sizeof(Record)> records_;
};

}  // namespace psq::detail
