// Waiting in shared memory for something to change.

#pragma once

#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <climits>

#include "src/clock.h"

namespace psq::detail {

// Lives in shared memory. Sleepers wait for a condition of their own that somebody makes true and
// then notifies of. A sleeper or a notifier may be killed at any point: nothing is counted, and no
// sleep is longer than kLookAgain, so that at worst a change is seen that much later.
class FutexEvent {
 public:
  // Before it sleeps, a waiter lets others run so many times: often one of them makes the condition
  // true, and whole rows of changes then cost no sleep and no wake-up. It is little enough to be
  // nothing when nobody does.
  static constexpr int kYields = 8;

  // To be called after the change. Costs no system call while nobody sleeps.
  void notify_one() noexcept { notify(1); }
  void notify_all() noexcept { notify(INT_MAX); }
  // As notify_one, by one of those who were notified, of a change that it was told of but leaves
  // to another.
  void pass_on() noexcept {
    if ((word_.load(std::memory_order_acquire) & kSleepers) != 0) notify(1);
  }

  // Waits until `condition` is true; returns its last value, false not before the deadline.
  template <typename Condition>
  bool wait(Deadline deadline, const Condition& condition) {
    for (int looks = 0;; ++looks) {
      if (condition()) return true;
      if (deadline.has_passed()) return false;
      if (looks < kYields) {
        sched_yield();
        continue;
      }
      const std::uint32_t seen = word_.fetch_or(kSleepers) | kSleepers;
      if (condition()) return true;
      const timespec until = deadline.within(kLookAgain).absolute();
      futex(FUTEX_WAIT_BITSET, seen, &until);
    }
  }

 private:
  // The lowest bit says that somebody may be asleep; the others count notifications, so that one
  // between the last look at the condition and the sleep is not missed.
  static constexpr std::uint32_t kSleepers = 1;
  static constexpr std::uint32_t kOneNotification = 2;

  void notify(int how_many) noexcept {
    // Against wait(): either the sleeper is seen here, or it sees the change.
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if ((word_.load(std::memory_order_relaxed) & kSleepers) == 0) return;
    std::uint32_t now = word_.fetch_add(kOneNotification) + kOneNotification;
    if (futex(FUTEX_WAKE, static_cast<std::uint32_t>(how_many), nullptr) == 0 &&
        word_.compare_exchange_strong(now, now & ~kSleepers)) {
      // Nobody was asleep. If somebody is by now, its bit is gone: it has to look again.
      futex(FUTEX_WAKE, INT_MAX, nullptr);
    }
  }

  long futex(int operation, std::uint32_t value, const timespec* until) noexcept {
    static_assert(sizeof word_ == sizeof value && decltype(word_)::is_always_lock_free);
    return syscall(SYS_futex, &word_, operation, value, until, nullptr, FUTEX_BITSET_MATCH_ANY);
  }

  std::atomic<std::uint32_t> word_{0};
};

}  // namespace psq::detail
