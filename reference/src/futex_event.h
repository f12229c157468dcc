// Waiting in shared memory for something to change.

#ifndef PSQ_SRC_FUTEX_EVENT_H_
#define PSQ_SRC_FUTEX_EVENT_H_

#include <atomic>
#include <cstdint>

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
  static constexpr int kYields = 4;

  // To be called after the change. Costs no system call while nobody sleeps.
  void notify_one() noexcept { notify(1); }
  void notify_all() noexcept;
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
        yield();
        continue;
      }
      const std::uint32_t seen = announce();
      if (condition()) return true;
      sleep(seen, deadline);
    }
  }

 private:
  // The lowest bit says that somebody may be asleep; the others count notifications, so that one
  // between the last look at the condition and the sleep is not missed.
  static constexpr std::uint32_t kSleepers = 1;
  static constexpr std::uint32_t kOneNotification = 2;

  static void yield() noexcept;
  std::uint32_t announce() noexcept;
  void sleep(std::uint32_t seen, Deadline deadline) noexcept;
  void notify(int how_many) noexcept;

  std::atomic<std::uint32_t> word_{0};
};

}  // namespace psq::detail

#endif  // PSQ_SRC_FUTEX_EVENT_H_
