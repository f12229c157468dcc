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
#include <cmath>

#include "psq/error.h"

namespace psq {

#ifdef PSQ_FAULTS
namespace detail {
bool fault_takes_nan() noexcept;
}  // namespace detail
#endif

// One immediate attempt.
struct NoWait {};
inline constexpr NoWait no_wait{};

// Wait as long as it takes.
struct Forever {};
inline constexpr Forever forever{};

// A length of time, `no_wait` or `forever`; made implicitly from each and from any std::chrono
// duration. Zero and negative durations are one immediate attempt. Infinity, and what does not fit
// into 64 bits of nanoseconds (292 years), is for ever. Not-a-number is an InvalidArgument.
class Timeout {
 public:
  using Duration = std::chrono::nanoseconds;

  constexpr Timeout(NoWait) noexcept : length_(Duration::zero()) {}
  constexpr Timeout(Forever) noexcept : length_(Duration::max()) {}
  template <typename Rep, typename Period>
  Timeout(std::chrono::duration<Rep, Period> length) : length_(to_nanoseconds(length)) {}

  [[nodiscard]] constexpr bool is_forever() const noexcept { return length_ == Duration::max(); }
  // Never negative; Duration::max() when it is for ever.
  [[nodiscard]] constexpr Duration length() const noexcept { return length_; }

 private:
  template <typename Rep, typename Period>
  static Duration to_nanoseconds(std::chrono::duration<Rep, Period> length) {
    using Wide = std::chrono::duration<long double, std::nano>;
    const Wide wide = length;
    if (std::isnan(wide.count())) {
#ifdef PSQ_FAULTS
      if (detail::fault_takes_nan()) return Duration::zero();
#endif
      throw InvalidArgument("timeout is not a number; give a duration, no_wait or forever");
    }
    if (wide <= Wide::zero()) return Duration::zero();
    if (wide >= Wide{Duration::max()}) return Duration::max();
    return std::chrono::ceil<Duration>(wide);  // up: never early
  }

  Duration length_;
};

}  // namespace psq
