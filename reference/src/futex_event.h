// Waiting in shared memory until a condition is true.

#pragma once

#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>

#include "psq/interruptible.h"
#include "src/clock.h"
#include "src/looks.h"
#include "src/probe.h"

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

// A request of one process that its own waits in shared memory end. It knows whether any of them
// sleeps, so that no other process is woken for nothing. Not in shared memory.
class StopHere {
 public:
  [[nodiscard]] bool is_requested() const noexcept { return requested_; }
  // Whether there are sleepers to be woken: then notify all of their events.
  [[nodiscard]] bool request() noexcept {
    requested_ = true;
    return has_sleepers();
  }
  [[nodiscard]] bool has_sleepers() const noexcept { return sleepers_ > 0; }

  // A thread that is about to sleep, and checks is_requested() before it does.
  class Sleeper {
   public:
    explicit Sleeper(StopHere& of) : sleepers_(of.sleepers_) { ++sleepers_; }
    ~Sleeper() { --sleepers_; }
    Sleeper(Sleeper&&) = delete;

   private:
    std::atomic<int>& sleepers_;
  };

 private:
  std::atomic<bool> requested_{false};
  std::atomic<int> sleepers_{0};
};

// Lives in shared memory. A waiter has a condition of its own; a process that makes it true then
// notifies. Any of them may be killed or stopped at any instruction: nothing is counted, and the
// waiters check their conditions from time to time, so that at worst a change is seen that much
// later.
class FutexEvent {
 public:
  // Call it after the change. It makes no system call while no waiter sleeps.
  void notify_one() noexcept { notify(1); }
  void notify_all() noexcept { notify(INT_MAX); }
  // As notify_all, where `is_true` says that there is a reason. Call it behind a notification of
  // another event, whose fence serves for this one, too: it costs a load while no waiter sleeps,
  // and again soon after the last one was killed in its sleep.
  template <typename IsTrue>
  void notify_all_if_fenced(const IsTrue& is_true) noexcept {
    if ((state_.load(std::memory_order_relaxed) & kSleepers) != 0 && is_true()) notify_all();
  }
  // Forwards a notification when `is_true` says that one more waiter may have what it waits for:
  // one notification may stand for several changes, and its receiver may not have used it up.
  template <typename IsTrue>
  void pass_on_if(const IsTrue& is_true) noexcept {
    if ((state_.load(std::memory_order_acquire) & kSleepers) != 0 && is_true()) notify(1);
  }

  // Waits until `condition` is true; returns its last value, false not before the deadline. Throws
  // what the thread's Interruptible throws.
  template <typename Condition>
  bool wait(Deadline deadline, const Condition& condition) {
    StopHere never;
    return wait(deadline, condition, never);
  }
  // The same, of which `stop` knows; the condition has to include it.
  template <typename Condition>
  bool wait(Deadline deadline, const Condition& condition, StopHere& stop) {
    for (Yields yields; !condition();) {
      if (deadline.has_passed()) return false;
      if (!yields.next()) return sleep(deadline, condition, stop);
    }
    return true;
  }

 private:
  // The lowest bit says that a waiter may be asleep. The other bits count notifications, so that a
  // waiter does not miss one between its last check of the condition and its sleep.
  static constexpr std::uint32_t kSleepers = 1;
  static constexpr std::uint32_t kOneNotification = 2;

  template <typename Condition>
  bool sleep(Deadline deadline, const Condition& condition, StopHere& stop) {
    const StopHere::Sleeper sleeper(stop);
    for (const auto begin = Clock::now();;) {
      const std::uint32_t seen = state_.fetch_or(kSleepers) | kSleepers;
      if (condition()) return true;
      if (deadline.has_passed()) return false;
      const timespec until = deadline.within(looks_.until_next(begin)).absolute();
      if (futex(FUTEX_WAIT_BITSET, seen, &until) == 0 || errno != ETIMEDOUT) {
        at("woken");
        if (condition()) return true;
      } else if (!deadline.has_passed()) {
        looks_.note();
      }
      Interruptible::check();
    }
  }

  void notify(int how_many) noexcept {
    // Pairs with wait(): either the waiter's bit is seen here, or the waiter sees the change.
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if ((state_.load(std::memory_order_relaxed) & kSleepers) == 0) return;
    std::uint32_t now = state_.fetch_add(kOneNotification) + kOneNotification;
    at("notification-counted");
    if (futex(FUTEX_WAKE, static_cast<std::uint32_t>(how_many), nullptr) == 0 &&
        state_.compare_exchange_strong(now, now & ~kSleepers)) {
      at("no-sleeper-found");
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
  Looks looks_;
};

}  // namespace psq::detail
