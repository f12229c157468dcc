#include "src/futex_event.h"

#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>

namespace psq::detail {
namespace {

static_assert(sizeof(std::atomic<std::uint32_t>) == sizeof(std::uint32_t));
static_assert(std::atomic<std::uint32_t>::is_always_lock_free);

long futex(std::atomic<std::uint32_t>& word, int operation, std::uint32_t value,
           const timespec* until) noexcept {
  return syscall(SYS_futex, &word, operation, value, until, nullptr, FUTEX_BITSET_MATCH_ANY);
}

}  // namespace

void FutexEvent::yield() noexcept {
  sched_yield();
}

std::uint32_t FutexEvent::announce() noexcept {
  return word_.fetch_or(kSleepers) | kSleepers;
}

void FutexEvent::sleep(std::uint32_t seen, Deadline deadline) noexcept {
  const timespec until = deadline.within(kLookAgain).absolute();  // CLOCK_MONOTONIC
  futex(word_, FUTEX_WAIT_BITSET, seen, &until);
}

void FutexEvent::notify(int how_many) noexcept {
  // Against announce(): either the sleeper is seen here, or it sees the change.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if ((word_.load(std::memory_order_relaxed) & kSleepers) == 0) return;
  std::uint32_t now = word_.fetch_add(kOneNotification) + kOneNotification;
  if (futex(word_, FUTEX_WAKE, static_cast<std::uint32_t>(how_many), nullptr) == 0) {
    // Nobody was asleep. If somebody is about to be, the changed word keeps it awake.
    word_.compare_exchange_strong(now, now & ~kSleepers);
  }
}

void FutexEvent::notify_all() noexcept {
  notify(INT_MAX);
}

}  // namespace psq::detail
