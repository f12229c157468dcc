// Points in time on the machine-wide monotonic clock.

#ifndef PSQ_SRC_CLOCK_H_
#define PSQ_SRC_CLOCK_H_

#include <chrono>
#include <ctime>

#include "psq/timeout.h"

namespace psq::detail {

using Clock = std::chrono::steady_clock;  // CLOCK_MONOTONIC: the same in all processes.

// Sleepers in shared memory look again this often: whoever should have woken them may be dead.
inline constexpr std::chrono::milliseconds kLookAgain{50};

// When to give up. It is fixed at the beginning of a call, so that interruptions do not stretch it.
class Deadline {
 public:
  static Deadline never() noexcept { return Deadline(Clock::time_point::max()); }
  static Deadline after(Timeout timeout) noexcept;

  [[nodiscard]] bool is_never() const noexcept { return at_ == Clock::time_point::max(); }
  [[nodiscard]] bool has_passed() const noexcept;
  // Zero when it has passed. Not for `never`.
  [[nodiscard]] timespec left() const noexcept;
  // For calls that take an absolute time of CLOCK_MONOTONIC. Not for `never`.
  [[nodiscard]] timespec absolute() const noexcept;
  // This one, or `limit` from now when that is sooner.
  [[nodiscard]] Deadline within(std::chrono::nanoseconds limit) const noexcept;

 private:
  explicit Deadline(Clock::time_point at) noexcept : at_(at) {}

  Clock::time_point at_;
};

}  // namespace psq::detail

#endif  // PSQ_SRC_CLOCK_H_
