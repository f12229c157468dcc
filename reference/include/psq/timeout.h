// Timeout: the longest time that a call may wait.
//
// All waits use the machine-wide monotonic clock (CLOCK_MONOTONIC), so steps of the wall clock do
// not matter. A call never gives up before its timeout has passed; the scheduler decides how soon
// after it. A signal handler that runs during the wait does not move the deadline.
//
// Processes and threads: a Timeout is a value. It may be copied, and every thread may read it.
//
// Units: any std::chrono duration; nanoseconds inside.
//
// Clauses: queue.put.tiny-timeout, queue.put.huge-timeout, queue.put.infinite-timeout,
// queue.put.nan-refused, queue.put.timeouts-each-own, queue.get.tiny-timeout,
// queue.get.huge-timeout, queue.get.infinite-timeout, queue.get.nan-refused,
// queue.get.timeouts-each-own, pipe.poll.nan-refused, pipe.poll.huge-timeout,
// pipe.wait.nan-refused.

#pragma once

#include <chrono>

#include "psq/error.h"

namespace psq {

// A length of time, converted implicitly from any std::chrono duration. Zero and negative durations
// mean one immediate attempt. Infinity means no timeout, and so does a duration that does not fit
// into 64 bits of nanoseconds (292 years). The constructor throws InvalidArgument for not-a-number.
class Timeout {
 public:
  // The unit of the length.
  using Duration = std::chrono::nanoseconds;

  // Any duration. It is rounded up, so that no call gives up early.
  template <typename Rep, typename Period>
  constexpr Timeout(std::chrono::duration<Rep, Period> length) : length_(to_nanoseconds(length)) {}

  // Whether there is no timeout.
  [[nodiscard]] constexpr bool is_forever() const noexcept { return length_ == Duration::max(); }
  // Never negative. Duration::max() means no timeout.
  [[nodiscard]] constexpr Duration length() const noexcept { return length_; }

 private:
  using Wide = std::chrono::duration<long double, std::nano>;

  static constexpr Duration to_nanoseconds(Wide length) {
    if (length != length) {  // Only not-a-number differs from itself.
      throw InvalidArgument("timeout is not a number; give a duration, no_wait or forever");
    }
    if (length <= Wide::zero()) return Duration::zero();
    if (length >= Wide{Duration::max()}) return Duration::max();
    return std::chrono::ceil<Duration>(length);
  }

  Duration length_;
};

// One immediate attempt.
inline constexpr Timeout no_wait = Timeout::Duration::zero();
// No timeout.
inline constexpr Timeout forever = Timeout::Duration::max();

}  // namespace psq
