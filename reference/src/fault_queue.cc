#include "src/fault_queue.h"

#ifdef PSQ_FAULTS

#include <unistd.h>

#include <algorithm>
#include <mutex>

#include "src/clock.h"
#include "src/fault_seam.h"

namespace psq::detail {
namespace {

using namespace std::chrono_literals;

constexpr auto kShort = 100ms;      // for what should wait for ever
constexpr auto kLessShort = 400ms;  // the same, where a test has to look longer
constexpr auto kLate = 600ms;       // for what should not wait
constexpr auto kHuge = 24h * 20;    // from here on a timeout is huge
constexpr auto kManyBytes = std::size_t{4} << 20;
constexpr auto kFewBytes = std::size_t{100};

const pid_t first_process = getpid();

thread_local bool put_begun = false;
thread_local bool in_put = false;
thread_local bool item_failed = false;

struct TimeoutFaults {
  Fault gives_up;
  Fault infinity_ends;
  Fault huge_is_zero;
  Fault tiny_is_zero;
  Fault late_without_wait;
  Fault in_line;
};

// Each timed call begins to count when the one before it has ended.
Timeout in_line(Timeout timeout) {
  static std::mutex mutex;
  static Clock::time_point end_of_line;
  const std::lock_guard lock(mutex);
  const auto now = Clock::now();
  end_of_line = std::max(now, end_of_line) + timeout.length();
  return end_of_line - now;
}

Timeout changed(Timeout timeout, const TimeoutFaults& faults) {
  if (timeout.is_forever()) {
    if (fault_is(faults.gives_up) || fault_is(faults.infinity_ends)) return kShort;
    return fault_is(Fault::kMutualWaitEnds) ? Timeout(kLessShort) : timeout;
  }
  const auto length = timeout.length();
  if (length == 0ns) return fault_is(faults.late_without_wait) ? Timeout(kLate) : timeout;
  if (length > kHuge) return fault_is(faults.huge_is_zero) ? Timeout(no_wait) : timeout;
  if (fault_is(faults.tiny_is_zero)) return std::chrono::floor<std::chrono::milliseconds>(length);
  return fault_is(faults.in_line) ? in_line(timeout) : timeout;
}

}  // namespace

Timeout fault_put_timeout(Timeout timeout) {
  return changed(timeout, {.gives_up = Fault::kPutGivesUp,
                           .infinity_ends = Fault::kPutInfinityEnds,
                           .huge_is_zero = Fault::kPutHugeIsZero,
                           .tiny_is_zero = Fault::kPutTinyIsZero,
                           .late_without_wait = Fault::kPutLateWithoutWait,
                           .in_line = Fault::kPutsInLine});
}

Timeout fault_get_timeout(Timeout timeout) {
  return changed(timeout, {.gives_up = Fault::kGetGivesUp,
                           .infinity_ends = Fault::kGetInfinityEnds,
                           .huge_is_zero = Fault::kGetHugeIsZero,
                           .tiny_is_zero = Fault::kGetTinyIsZero,
                           .late_without_wait = Fault::kGetLateWithoutWait,
                           .in_line = Fault::kGetsInLine});
}

bool fault_in_first_process() noexcept {
  return getpid() == first_process;
}

std::string& fault_kept_back() {
  thread_local std::string kept;
  return kept;
}

bool fault_in_crowd(std::uint64_t read) noexcept {
  thread_local std::uint64_t before = 0;
  const bool crowd = before != 0 && read > before + 1;
  before = read;
  return crowd;
}

bool& fault_closed_here() noexcept {
  thread_local bool closed = false;
  return closed;
}

// It is asked twice in one put, before and after the item is serialized.
bool fault_put_begins() noexcept {
  if (in_put) {
    in_put = false;
    return false;
  }
  const bool failed = put_begun;
  put_begun = true;
  item_failed = item_failed || failed;
  return failed;
}

void fault_put_serialized() noexcept {
  put_begun = false;
  in_put = true;
}

bool fault_item_failed() noexcept {
  return item_failed;
}

void fault_change_item(std::string& item) {
  if (fault_is(Fault::kItemCorrupted) && item.size() > 65536) item.back() ^= 1;
  if (fault_is(Fault::kHugeItemCut) && item.size() > kManyBytes) item.pop_back();
  if (fault_is(Fault::kTextGarbled) && item.size() < kFewBytes) {
    std::ranges::replace_if(
        item, [](unsigned char c) { return c > 127; }, '?');
  }
}

}  // namespace psq::detail

#endif  // PSQ_FAULTS
