// When a waiter in shared memory checks its condition by itself.
//
// A notification is lost when its sender dies before it sends it, or when its receiver dies or is
// stopped before it acts on it. So waiters check their conditions from time to time. A waiter alone
// does so often. Many waiters do so seldom each, so that they cost no more than a few: together
// they check about once in kApart. Which one is next is left to chance, and does not depend on how
// long it has waited. So there is no watcher whose death or stop would matter: when waiters leave,
// die or are stopped, the other ones check at their times.

#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>

#include "src/clock.h"

namespace psq::detail {

// Lives in shared memory, in zeroed bytes. Any thread may call any method, and may die at any
// instruction: what is stored here is an estimate.
class Looks {
 public:
  // The time until the next check of a waiter that has waited since `begin`.
  [[nodiscard]] Clock::duration until_next(Clock::time_point begin) const noexcept {
    const auto now = Clock::now();
    const auto alone = std::clamp<Clock::duration>((now - begin) / 8, kLookAgain, kAlone);
    const auto mean = mean_now();
    if (mean <= alone) return alone;
    const auto length = -std::log(chance(now)) * std::chrono::duration<double>(mean);
    const auto longest = std::max<Clock::duration>(2 * mean, std::chrono::seconds{1});
    return std::min(std::chrono::duration_cast<Clock::duration>(length), longest);
  }

  // Call it at each check. Adapts the mean time until the checks of each waiter.
  void note() noexcept {
    const auto now = Clock::now().time_since_epoch().count();
    const Clock::duration gap(now - last_.exchange(now, std::memory_order_relaxed));
    const auto mean = mean_now();
    // Gaps are as random as the checks are. So the mean follows them slowly, unless a gap is so
    // long that most waiters have gone.
    const auto next = gap > 8 * kApart ? mean * kApart.count() / (gap / kApart.count()).count()
                      : gap > kApart   ? mean - mean / 8
                                       : mean + mean / 16;
    mean_.store(static_cast<std::uint32_t>(next.count()), std::memory_order_relaxed);
  }

 private:
  using Microseconds = std::chrono::microseconds;

  static constexpr std::chrono::milliseconds kAlone{400};
  static constexpr std::chrono::milliseconds kApart{25};
  static constexpr std::chrono::seconds kMost{30};

  [[nodiscard]] Microseconds mean_now() const noexcept {
    return std::clamp<Microseconds>(Microseconds(mean_.load(std::memory_order_relaxed)), kLookAgain,
                                    kMost);
  }

  // Above 0, and at most 1. A hash of the time, which differs between processes that a fork made
  // alike.
  static double chance(Clock::time_point now) noexcept {
    auto bits = static_cast<std::uint64_t>(now.time_since_epoch().count());
    bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9;
    bits = (bits ^ bits >> 27) * 0x94d049bb133111eb;
    return static_cast<double>(((bits ^ bits >> 31) >> 11) + 1) * 0x1p-53;
  }

  std::atomic<std::int64_t> last_{0};   // When a waiter checked last.
  std::atomic<std::uint32_t> mean_{0};  // Microseconds.
};

}  // namespace psq::detail
