// Waiting in shared memory until a condition is true.

#pragma once

#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <climits>

#include "src/clock.h"

namespace psq::detail {

// What a waiter does before it sleeps: it yields the processor a few times. Often another process
// then makes the condition true, and a row of changes costs no sleep and no wake-up. While nothing
// else runs, a yield costs almost nothing. Where a process that computes is on the same processor,
// a yield lasts a time slice of some milliseconds, and a sleeper is woken at once: so after a yield
// that took long, the waits of this thread yield no more for a while, and twice as long after the
// next one.
class Yields {
 public:
  // Yields. False, with no effect: it is time to sleep.
  [[nodiscard]] bool next() noexcept {
    if (left_-- <= 0) return false;
    const auto begin = Clock::now();
    if (begin < not_before_) {
      left_ = 0;
      return false;
    }
    sched_yield();
    const auto end = Clock::now();
    pause_ = end - begin < kLong ? kLeastPause : std::min(2 * pause_, kMostPause);
    if (end - begin >= kLong) not_before_ = end + pause_;
    return true;
  }

 private:
  static constexpr int kMost = 8;
  // More than a change to another waiting process and back; less than a time slice.
  static constexpr std::chrono::microseconds kLong{100};
  static constexpr std::chrono::milliseconds kLeastPause{100};
  static constexpr std::chrono::milliseconds kMostPause{3200};

  static inline thread_local std::chrono::milliseconds pause_ = kLeastPause;
  static inline thread_local Clock::time_point not_before_{};
  int left_ = kMost;
};

// Lives in shared memory. A waiter has a condition of its own; a process that makes it true then
// notifies. Any of them may be killed at any instruction: nothing is counted, and no sleep is
// longer than kLookAgain, so that at worst a change is seen that much later.
class FutexEvent {
 public:
  // Call it after the change. It makes no system call while no waiter sleeps.
  void notify_one() noexcept { notify(1); }
  void notify_all() noexcept { notify(INT_MAX); }
  // Forwards a wake-up that its receiver did not consume.
  void pass_on() noexcept {
    if ((state_.load(std::memory_order_acquire) & kSleepers) != 0) notify(1);
  }

  // Waits until `condition` is true; returns its last value, false not before the deadline.
  template <typename Condition>
  bool wait(Deadline deadline, const Condition& condition) {
    Yields yields;
    for (;;) {
      if (condition()) return true;
      if (deadline.has_passed()) return false;
      if (yields.next()) continue;
      const std::uint32_t seen = state_.fetch_or(kSleepers) | kSleepers;
      if (condition()) return true;
      const timespec until = deadline.within(kLookAgain).absolute();
      futex(FUTEX_WAIT_BITSET, seen, &until);
    }
  }

 private:
  // The lowest bit says that a waiter may be asleep. The other bits count notifications, so that a
  // waiter does not miss one between its last check of the condition and its sleep.
  static constexpr std::uint32_t kSleepers = 1;
  static constexpr std::uint32_t kOneNotification = 2;

  void notify(int how_many) noexcept {
    // Pairs with wait(): either the waiter's bit is seen here, or the waiter sees the change.
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if ((state_.load(std::memory_order_relaxed) & kSleepers) == 0) return;
    std::uint32_t now = state_.fetch_add(kOneNotification) + kOneNotification;
    if (futex(FUTEX_WAKE, static_cast<std::uint32_t>(how_many), nullptr) == 0 &&
        state_.compare_exchange_strong(now, now & ~kSleepers)) {
      // No waiter was asleep. A waiter that is asleep by now has lost its bit: wake it to check
      // again.
      futex(FUTEX_WAKE, INT_MAX, nullptr);
    }
  }

  long futex(int operation, std::uint32_t value, const timespec* until) noexcept {
    static_assert(sizeof state_ == sizeof value && decltype(state_)::is_always_lock_free);
    return syscall(SYS_futex, &state_, operation, value, until, nullptr, FUTEX_BITSET_MATCH_ANY);
  }

  std::atomic<std::uint32_t> state_{0};
};

}  // namespace psq::detail
