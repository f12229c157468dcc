#include "src/clock.h"

#include <algorithm>

namespace psq::detail {
namespace {

timespec to_timespec(std::chrono::nanoseconds length) noexcept {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(length);
  return {.tv_sec = static_cast<time_t>(seconds.count()),
          .tv_nsec = static_cast<long>((length - seconds).count())};
}

}  // namespace

Deadline Deadline::after(Timeout timeout) noexcept {
  if (timeout.is_forever()) return never();
  const auto now = Clock::now();
  if (timeout.length() >= Clock::time_point::max() - now) return never();
  return Deadline(now + timeout.length());
}

bool Deadline::has_passed() const noexcept {
  return !is_never() && Clock::now() >= at_;
}

timespec Deadline::left() const noexcept {
  return to_timespec(std::max(at_ - Clock::now(), Clock::duration::zero()));
}

timespec Deadline::absolute() const noexcept {
  return to_timespec(at_.time_since_epoch());
}

Deadline Deadline::within(std::chrono::nanoseconds limit) const noexcept {
  return Deadline(std::min(at_, Clock::now() + limit));
}

}  // namespace psq::detail
