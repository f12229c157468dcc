// Points in time on the machine-wide monotonic clock.

#pragma once

#include <algorithm>
#include <ctime>

#include "psq/timeout.h"

namespace psq::detail {

using Clock = std::chrono::steady_clock;  // CLOCK_MONOTONIC: the same in all processes.

// A waiter checks its condition this often at first: the process that should wake it may be dead.
inline constexpr std::chrono::milliseconds kLookAgain{50};

// The end of a wait. It is fixed when a call begins, so that interruptions do not move it.
class Deadline {
 public:
  static Deadline never() noexcept { return Deadline(Clock::time_point::max()); }
  static Deadline after(Timeout timeout) noexcept {
    if (timeout.is_forever()) return never();
    const auto now = Clock::now();
    return Deadline(now + std::min(timeout.length(), Clock::time_point::max() - now));
  }

  [[nodiscard]] bool is_never() const noexcept { return at_ == Clock::time_point::max(); }
  [[nodiscard]] bool has_passed() const noexcept { return !is_never() && Clock::now() >= at_; }
  [[nodiscard]] Clock::time_point at() const noexcept { return at_; }
  // Zero when it has passed. Not for `never`.
  [[nodiscard]] timespec left() const noexcept {
    return to_timespec(std::max(at_ - Clock::now(), Clock::duration::zero()));
  }
  // For system calls that take an absolute time of CLOCK_MONOTONIC. Not for `never`.
  [[nodiscard]] timespec absolute() const noexcept { return to_timespec(at_.time_since_epoch()); }
  // This deadline, or `limit` from now if that is sooner.
  [[nodiscard]] Deadline within(Clock::duration limit) const noexcept {
    return Deadline(std::min(at_, Clock::now() + limit));
  }

 private:
  explicit Deadline(Clock::time_point at) noexcept : at_(at) {}

  static timespec to_timespec(Clock::duration length) noexcept {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(length);
    return {.tv_sec = seconds.count(), .tv_nsec = (length - seconds).count()};
  }

  Clock::time_point at_;
};

}  // namespace psq::detail
