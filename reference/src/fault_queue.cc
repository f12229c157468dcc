#include "src/fault_queue.h"

#ifdef PSQ_FAULTS

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <thread>
#include <utility>

#include "src/clock.h"
#include "src/fault_seam.h"
#include "src/history_faults.h"
#include "src/queue_state.h"

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

// For a fault: whether this thread was last here 100 ms ago or more.
bool held_up() {
  thread_local Clock::time_point before = Clock::now();
  return Clock::now() - std::exchange(before, Clock::now()) > 2 * kLookAgain;
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

bool fault_in_first_process() noexcept { return getpid() == first_process; }

bool fault_feeder_is_slow() noexcept {
  return fault_is(Fault::kExitFlushesOneQueue) || fault_is(Fault::kQsizeMissesBuffered) ||
         fault_is(Fault::kFullMissesBuffered);
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

bool fault_item_failed() noexcept { return item_failed; }

void fault_change_item(std::string& item) {
  if (fault_is(Fault::kItemCorrupted) && item.size() > 65536) item.back() ^= 1;
  if (fault_is(Fault::kHugeItemCut) && item.size() > kManyBytes) item.pop_back();
  if (fault_is(Fault::kTextGarbled) && item.size() < kFewBytes) {
    std::ranges::replace_if(
        item, [](unsigned char c) { return c > 127; }, '?');
  }
}

bool Feeder::fault_blind(int looks, std::uint32_t before, Deadline deadline) const {
  if (looks < 2) return false;
  return (fault_is(Fault::kPutMissesSlot) && !deadline.is_never()) ||
         (fault_is(Fault::kPutStarves) && queue_->accounts().items() != before);
}

QueueMemory::Taken Feeder::fault_put_holding_place(std::string_view item, Deadline deadline) {
  queue_->fault_change_slots(+1);
  const bool free = queue_->free_slot().wait(deadline, [&] {
    queue_->fault_change_slots(-1);
    const bool now = !queue_->all_slots_in_use();
    queue_->fault_change_slots(+1);
    return now;
  });
  queue_->fault_change_slots(-1);
  return free ? try_put(item, true) : QueueMemory::Taken::kNo;
}

bool Feeder::fault_counted(std::string_view item) {
  if (fault_is(Fault::kJoinForProducersOnly)) fault_own() = 1;
  if (fault_is(Fault::kCreditAfterTooOften) && fault_shared().exchange(0) > 0)
    queue_->fault_change_tasks(-1);
  if (queue_->counts_tasks() && fault_is(Fault::kCountsLate) && fault_turn(50)) {
    queue_->fault_change_tasks(-1);
    buffer(item);
    mutex_.unlock();
    std::this_thread::sleep_for(5ms);
    mutex_.lock();
    queue_->fault_change_tasks(+1);
    return true;
  }
  if (fault_is(Fault::kPutWaits)) {
    queue_->channel().send(item, &queue_->accounts().committed(account_));
    return true;
  }
  if (fault_is(Fault::kThreadsBatchApart)) {
    if (!fault_turn(2)) {
      fault_kept_back() = item;
      return true;
    }
    buffer(fault_kept_back());
  }
  if (fault_is(Fault::kSlotTakenAhead) && fault_own().exchange(1) == 0) queue_->fault_take_slot();
  return false;
}

std::int64_t fault_bound(std::int64_t bound, bool counts_tasks) {
  if (fault_is(Fault::kBoundIgnored)) return 0;
  if (fault_is(Fault::kBoundInvented) && bound == 0) return 64;
  const bool one_more = counts_tasks && bound > 0 && fault_is(Fault::kTasksBoundPlusOne);
  return bound + (one_more ? 1 : 0);
}

// One by one.
void Feeder::fault_send_all(std::string_view left) {
  Counter& committed = queue_->accounts().committed(account_);
  while (!left.empty()) {
    std::size_t length = 0;
    std::memcpy(&length, left.data(), sizeof length);
    left.remove_prefix(sizeof length);
    const bool skipped = (fault_is(Fault::kFeederSkips) && fault_turn(16)) ||
                         (fault_is(Fault::kLateFeederLoses) && held_up());
    if (!skipped) queue_->channel().send(left.substr(0, length), &committed);
    left.remove_prefix(length);
  }
}

bool QueueCore::State::fault_before_put(Timeout& timeout) const {
  if (fault_is(Fault::kUnserializableStopsLater) && fault_item_failed()) return false;
  const bool unchecked = fault_is(Fault::kPutAfterClose) || fault_is(Fault::kCloseThreadLocal) ||
                         tasks_fault(Fault::kTasksPutAfterClose);
  if (unchecked && local->closed()) return false;
  if (fault_is(Fault::kPutFullEarly)) timeout = timeout.length() / 2;
  timeout = fault_rare_timeout(Fault::kRareFullEarly, fault_put_timeout(timeout));
  if (tasks_fault(Fault::kTasksFullEarly)) timeout = timeout.length() / 2;
  return true;
}

std::optional<std::string> QueueCore::State::fault_before_get(Timeout& timeout) const {
  if (fault_is(Fault::kGetEmptyEarly)) timeout = timeout.length() / 2;
  timeout = fault_rare_timeout(Fault::kRareEmptyEarly, fault_get_timeout(timeout));
  if (fault_is(Fault::kGetMissesItem) && !timeout.is_forever() && channel().empty()) {
    std::this_thread::sleep_for(timeout.length());
    throw Empty();
  }
  if (fault_is(Fault::kGetEndsStream) && channel().empty() && channel().messages_read() > 0)
    throw EndOfStream();
  for (const Fault fault : {Fault::kGetDuplicatesInCrowd, Fault::kGetDuplicates,
                            Fault::kBrokenStays, Fault::kKilledGetAgain, Fault::kRareGetTwice})
    if (auto again = fault_again(fault)) return again;
  if (tasks_fault(Fault::kTasksGetEmptyEarly)) timeout = timeout.length() / 2;
  if (tasks_fault(Fault::kTasksGetGivesUp) && timeout.is_forever()) timeout = kLookAgain;
  if (fault_is(Fault::kDeadGetterServed) || fault_is(Fault::kGetterBehindServed)) fault_shared()++;
  if (fault_is(Fault::kExitWaitsForGetters)) fault_own()++;
  return std::nullopt;
}

bool QueueCore::State::fault_after_get(std::string& item, Clock::time_point began) const {
  if (fault_is(Fault::kGetDuplicates)) fault_remember(item);
  if (fault_is(Fault::kGetLoses) && fault_turn(4)) return false;
  if (fault_is(Fault::kGetLosesRarely) && fault_turn(500)) return false;
  if (fault_is(Fault::kGetDuplicatesInCrowd) && fault_in_crowd(channel().messages_read()))
    fault_remember(item);
  if (fault_is(Fault::kNullIsEmpty) && item.size() <= 5) throw Empty();
  fault_change_item(item);
  if (fault_is(Fault::kExitWaitsForGetters)) fault_own()--;
  if (fault_rarely(Fault::kRareGetLoses, 1000)) return false;
  fault_rare_item(item);
  if ((fault_is(Fault::kDeadGetterServed) || fault_is(Fault::kGetterBehindServed)) &&
      fault_shared().fetch_sub(1) > 1 && fault_turn(2))
    return false;
  if ((fault_is(Fault::kLateGetLoses) || fault_is(Fault::kStoppedGetLoses)) &&
      Clock::now() - began > 2 * kLookAgain)
    return false;
  if (fault_is(Fault::kKilledGetAgain) && fault_turn(25)) fault_remember(item);
  if (tasks_fault(Fault::kTasksGetLoses) && fault_shared()++ % 500 == 499) return false;
  if (tasks_fault(Fault::kTasksItemCorrupted) && item.size() > (std::size_t{1} << 20))
    item.back() ^= 1;
  if (fault_is(Fault::kTaskDoneForGettersOnly)) fault_own() = 1;
  if (fault_is(Fault::kTaskDoneAfterGetOnly)) fault_shared()++;
  for (const Fault done : {Fault::kGetIsTaskDone, Fault::kGetIsDoneForNow, Fault::kTasksBrokenDone})
    if (fault_is(done)) (void)memory->task_done();
  return true;
}

}  // namespace psq::detail

#endif  // PSQ_FAULTS
