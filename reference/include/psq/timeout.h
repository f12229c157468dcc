// How long a call may wait.
//
// All waiting is measured on the machine-wide monotonic clock (CLOCK_MONOTONIC): steps of the wall
// clock change nothing. A call never gives up before its time has passed; how much later it does
// depends on the scheduler. A signal handler that runs meanwhile does not move the deadline.
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

// A length of time, made implicitly from any std::chrono duration. Zero and negative durations are
// one immediate attempt. Infinity, and what does not fit into 64 bits of nanoseconds (292 years),
// is for ever. Not-a-number is an InvalidArgument.
class Timeout {
 public:
  using Duration = std::chrono::nanoseconds;

  template <typename Rep, typename Period>
  constexpr Timeout(std::chrono::duration<Rep, Period> length) : length_(to_nanoseconds(length)) {}

  [[nodiscard]] constexpr bool is_forever() const noexcept { return length_ == Duration::max(); }
  // Never negative; Duration::max() when it is for ever.
  [[nodiscard]] constexpr Duration length() const noexcept { return length_; }

 private:
  using Wide = std::chrono::duration<long double, std::nano>;

  static constexpr Duration to_nanoseconds(Wide length) {
    if (length != length) {  // Only what is not a number is not itself.
      throw InvalidArgument("timeout is not a number; give a duration, no_wait or forever");
    }
    if (length <= Wide::zero()) return Duration::zero();
    if (length >= Wide{Duration::max()}) return Duration::max();
    return std::chrono::ceil<Duration>(length);  // up: never early
  }

  Duration length_;
};

// One immediate attempt.
inline constexpr Timeout no_wait = Timeout::Duration::zero();
// Wait as long as it takes.
inline constexpr Timeout forever = Timeout::Duration::max();

}  // namespace psq
