// Effects that let a call wait for what it must not wait for.
#pragma once

#include <chrono>
#include <thread>

#include "queue_effects.h"
#include "state.h"

namespace psq::faulty {

inline constexpr std::chrono::milliseconds kStep{5};

/// Counts a call among those of all processes that are in progress, in the shared number.
class InProgress {
 public:
  InProgress() { ++shared_number(); }
  ~InProgress() { --shared_number(); }
  InProgress(const InProgress&) = delete;
  InProgress& operator=(const InProgress&) = delete;
};

/// Waits while a call is in progress that was counted so.
inline void wait_for_calls_in_progress() {
  while (shared_number() > 0) std::this_thread::sleep_for(kStep);
}

/// Gets, puts or joins that may wait are counted while they are in progress.
[[nodiscard]] Effect counts_gets(const Queues& which);
[[nodiscard]] Effect counts_puts(const Queues& which);
[[nodiscard]] Effect counts_joins();
/// The same, and those that shall not wait do wait for the calls that are in progress.
[[nodiscard]] Effect gets_wait_for_calls(const Queues& which);
[[nodiscard]] Effect puts_wait_for_calls(const Queues& which);

/// Puts and gets that may wait are counted only while they copy an item: as if they held a lock of
/// all processes meanwhile, and none while they wait.
[[nodiscard]] Effect counts_copies_of_gets(const Queues& which);
[[nodiscard]] Effect counts_copies_of_puts(const Queues& which);
/// The same, and those that shall not wait do wait for the copies that are in progress.
[[nodiscard]] Effect gets_wait_for_copies(const Queues& which);
[[nodiscard]] Effect puts_wait_for_copies(const Queues& which);
/// A call without a timeout that finds 32 others in progress sleeps on, whatever happens: as where
/// a table of the waiting has no place for it.
[[nodiscard]] Effect gets_in_crowd_sleep(const Queues& which);
[[nodiscard]] Effect puts_in_crowd_sleep(const Queues& which);
[[nodiscard]] Effect joins_in_crowd_sleep();

/// Whether a new descriptor is too large for select(2).
[[nodiscard]] bool beyond_select();

}  // namespace psq::faulty
