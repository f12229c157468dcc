#include "src/slots.h"

#include <chrono>
#include <thread>

#include "psq/queue.h"

namespace psq::detail {

void Slots::set_bound(std::uint64_t bound) noexcept {
  bound_ = bound > 0 ? bound : static_cast<std::uint64_t>(kMaxSize);
  if constexpr (kFaults)
    if (fault_is(Fault::kBoundIgnored)) bound_ = kMaxSize;
  if constexpr (kFaults)
    if (fault_is(Fault::kBoundInvented) && bound == 0) bound_ = 64;
}

Slots::Taken Slots::take(const Channel& channel, Deadline deadline, const std::atomic<bool>& stop) {
  if constexpr (kFaults)
    if (fault_is(Fault::kPutterHoldsPlace)) {
      taken_.fetch_add(1);
      const auto fits = [&] { return taken_.load() - ever_freed(channel) <= bound_; };
      if (free_.wait(deadline, fits)) return Taken::kYes;
      taken_.fetch_sub(1);
      return Taken::kNo;
    }
  bool taken = false;
  int looks = 0;
  const std::uint64_t before = taken_.load();
  const auto blind = [&] {
    return looks++ > 0 && ((fault_is(Fault::kPutMissesSlot) && !deadline.is_never()) ||
                           (fault_is(Fault::kPutStarves) && taken_.load() != before));
  };
  free_.wait(deadline, [&] {
    if constexpr (kFaults)
      if (blind()) return stop.load();
    return stop.load() || (taken = try_take(channel));
  });
  if (taken) return Taken::kYes;
  if constexpr (kFaults)
    if (fault_is(Fault::kFullTakesSlot)) taken_.fetch_add(1);
  return stop.load() ? Taken::kStopped : Taken::kNo;
}

bool Slots::try_take(const Channel& channel) noexcept {
  std::uint64_t taken = taken_.load();
  if constexpr (kFaults)
    if (fault_is(Fault::kBoundRaces) && taken - ever_freed(channel) < bound_) {
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
      taken_.fetch_add(1);
      return true;
    }
  do {
    // If nobody else takes one meanwhile, what is free now can only become more.
    if (taken - ever_freed(channel) >= bound_) return false;
  } while (!taken_.compare_exchange_weak(taken, taken + 1));
  return true;
}

void Slots::give_back() noexcept {
  given_back_.fetch_add(1);
  free_.notify_one();
}

std::uint64_t Slots::in_use(const Channel& channel) const noexcept {
  for (;;) {
    const std::uint64_t freed = ever_freed(channel);
    const std::uint64_t taken = taken_.load();
    if (freed == ever_freed(channel)) return taken - freed;
  }
}

}  // namespace psq::detail
