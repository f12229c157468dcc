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
#include "src/feeder.h"
#include "src/history_faults.h"

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

// What this thread has kept back of its puts.
std::string& kept_back() {
  thread_local std::string kept;
  return kept;
}

// Whether somebody else has read a message since this thread did; `read`: how many were ever read.
bool in_crowd(std::uint64_t read) noexcept {
  thread_local std::uint64_t before = 0;
  const bool crowd = before != 0 && read > before + 1;
  before = read;
  return crowd;
}

// Whether this thread has closed a queue.
bool& closed_here() noexcept {
  thread_local bool closed = false;
  return closed;
}

// The item as a get gives it out.
void change_item(std::string& item) {
  if (fault_is(Fault::kItemCorrupted) && item.size() > 65536) item.back() ^= 1;
  if (fault_is(Fault::kHugeItemCut) && item.size() > kManyBytes) item.pop_back();
  if (fault_is(Fault::kTextGarbled) && item.size() < kFewBytes) {
    std::ranges::replace_if(
        item, [](unsigned char c) { return c > 127; }, '?');
  }
}

Timeout put_timeout(Timeout timeout) {
  return changed(timeout, {.gives_up = Fault::kPutGivesUp,
                           .infinity_ends = Fault::kPutInfinityEnds,
                           .huge_is_zero = Fault::kPutHugeIsZero,
                           .tiny_is_zero = Fault::kPutTinyIsZero,
                           .late_without_wait = Fault::kPutLateWithoutWait,
                           .in_line = Fault::kPutsInLine});
}

Timeout get_timeout(Timeout timeout) {
  return changed(timeout, {.gives_up = Fault::kGetGivesUp,
                           .infinity_ends = Fault::kGetInfinityEnds,
                           .huge_is_zero = Fault::kGetHugeIsZero,
                           .tiny_is_zero = Fault::kGetTinyIsZero,
                           .late_without_wait = Fault::kGetLateWithoutWait,
                           .in_line = Fault::kGetsInLine});
}

bool is_simple(const QueueMemory& queue) noexcept { return queue.kind() == QueueKind::kSimple; }

// Whether this is the fault that was chosen, for joinable queues alone.
bool tasks_fault(const QueueMemory& queue, Fault fault) noexcept {
  return queue.kind() == QueueKind::kJoinable && fault_is(fault);
}

}  // namespace

void FaultSeams::change_slots(QueueMemory& queue, int by) noexcept { queue.fault_slots_ += by; }

void FaultSeams::change_tasks(QueueMemory& queue, int by) noexcept {
  queue.done_ -= static_cast<std::uint64_t>(by);
}

// Slots that are taken besides are items that are not gone; some faults keep those that were read.
std::uint32_t FaultSeams::items_gone(const QueueMemory& queue) noexcept {
  const bool keeps = fault_is(Fault::kSlotsNotFreed) || fault_is(Fault::kSlotFreedByTaskDone) ||
                     fault_is(Fault::kTasksBrokenKeepsSlot);
  const std::uint32_t read = keeps ? 0 : queue.channel_.messages_read();
  return queue.accounts_.lost() + read - static_cast<std::uint32_t>(queue.fault_slots_.load());
}

void FaultSeams::take_slot(QueueMemory& queue) noexcept {
  if (!queue.all_slots_in_use()) change_slots(queue, +1);
}

void FaultSeams::add(Feeder& feeder, std::string_view item) {
  const std::lock_guard lock(feeder.mutex_);
  feeder.buffer(item);
}

void FaultSeams::lose_all_but_one(std::vector<std::shared_ptr<Feeder>>& feeders) noexcept {
  for (; feeders.size() > 1; feeders.pop_back()) {
    const std::lock_guard lock(feeders.back()->mutex_);
    feeders.back()->buffer_ = {};
  }
}

void FaultSeams::reopen(Feeder& feeder) noexcept { feeder.closed_ = false; }

bool FaultSeams::close(Feeder& feeder) noexcept {
  const std::lock_guard lock(feeder.mutex_);
  if (fault_is(Fault::kCloseForgets)) feeder.buffer_ = {};
  if (!fault_is(Fault::kCloseAgainReopens) || !feeder.closed_) return false;
  feeder.closed_ = feeder.ending_ = false;
  return true;
}

bool FaultSeams::blind(const Feeder& feeder, int looks, std::uint32_t before, Deadline deadline) {
  if (looks < 2) return false;
  return (fault_is(Fault::kPutMissesSlot) && !deadline.is_never()) ||
         (fault_is(Fault::kPutStarves) && feeder.queue_->accounts().put() != before);
}

bool FaultSeams::put_holding_place(Feeder& feeder, std::string_view item, Deadline deadline) {
  QueueMemory& queue = *feeder.queue_;
  change_slots(queue, +1);
  const bool free = queue.free_slot().wait(deadline, [&] {
    change_slots(queue, -1);
    const bool now = !queue.all_slots_in_use();
    change_slots(queue, +1);
    return now;
  });
  change_slots(queue, -1);
  return free && feeder.try_put(item, FutexEvent::kYields);
}

bool FaultSeams::counted(Feeder& feeder, std::string_view item) {
  QueueMemory& queue = *feeder.queue_;
  if (fault_is(Fault::kJoinForProducersOnly) || fault_is(Fault::kJoinThreadWaitsForNothing))
    fault_own() = 1;
  if (fault_is(Fault::kCreditAfterTooOften) && fault_shared().exchange(0) > 0)
    change_tasks(queue, -1);
  if (tasks_fault(queue, Fault::kCountsLate) && fault_turn(50)) {
    change_tasks(queue, -1);
    feeder.buffer(item);
    feeder.mutex_.unlock();
    std::this_thread::sleep_for(5ms);
    feeder.mutex_.lock();
    change_tasks(queue, +1);
    return true;
  }
  if (fault_is(Fault::kPutWaits)) {
    queue.channel().send(item, feeder.account_);
    return true;
  }
  if (fault_is(Fault::kThreadsBatchApart)) {
    if (!fault_turn(2)) {
      kept_back() = item;
      return true;
    }
    feeder.buffer(kept_back());
  }
  if (fault_is(Fault::kSlotTakenAhead) && fault_own().exchange(1) == 0) take_slot(queue);
  return false;
}

// One by one.
void FaultSeams::send_all(Feeder& feeder, std::string_view left) {
  while (!left.empty()) {
    std::size_t length = 0;
    std::memcpy(&length, left.data(), sizeof length);
    left.remove_prefix(sizeof length);
    const bool skipped = (fault_is(Fault::kFeederSkips) && fault_turn(16)) ||
                         (fault_is(Fault::kLateFeederLoses) && held_up());
    if (!skipped) feeder.queue_->channel().send(left.substr(0, length), feeder.account_);
    left.remove_prefix(length);
  }
}

void fault_create(CoreOptions& options) {
  if (options.kind == QueueKind::kSimple) return;
  if (fault_is(Fault::kMaxsizeClamped)) options.maxsize = std::min(options.maxsize, kMaxSize);
  if (fault_is(Fault::kLargestRefused) && options.maxsize == kMaxSize) ++options.maxsize;
  if (fault_is(Fault::kBoundInvented) && options.maxsize <= 0) options.maxsize = 64;
  if (fault_is(Fault::kBoundIgnored) && options.maxsize <= kMaxSize) options.maxsize = 0;
  if (options.kind == QueueKind::kJoinable && options.maxsize > 0 &&
      fault_is(Fault::kTasksBoundPlusOne))
    ++options.maxsize;
}

void fault_dropped(QueueMemory& queue) noexcept { (void)queue; }

bool fault_in_first_process() noexcept { return getpid() == first_process; }

void fault_check_open(QueueMemory& queue) {
  const bool failed = std::exchange(put_begun, true);
  item_failed = item_failed || failed;
  if (!failed) return;
  if (is_simple(queue) && fault_is(Fault::kSimpleLeavesStump)) queue.channel().send({});
  if (fault_is(Fault::kUnserializableTakesSlot)) FaultSeams::take_slot(queue);
}

bool fault_unchecked(const QueueMemory& queue) {
  if (is_simple(queue)) return fault_simple_unchecked();
  if (fault_is(Fault::kPutAfterClose)) return true;
  if (fault_is(Fault::kCloseThreadLocal) && !closed_here()) return true;
  if (tasks_fault(queue, Fault::kTasksPutAfterClose)) return true;
  return false;
}

void fault_put_serialized() noexcept { put_begun = false; }

bool fault_put(QueueMemory& queue, Feeder& feeder, std::string_view item, Timeout timeout) {
  if (is_simple(queue)) return fault_simple_put(queue, item), true;
  if (fault_is(Fault::kUnserializableStopsLater) && item_failed) return true;
  const bool unchecked = fault_is(Fault::kPutAfterClose) || fault_is(Fault::kCloseThreadLocal) ||
                         tasks_fault(queue, Fault::kTasksPutAfterClose);
  if (unchecked && feeder.closed()) return true;
  timeout = fault_rare_timeout(Fault::kRareFullEarly, put_timeout(timeout));
  if (tasks_fault(queue, Fault::kTasksFullEarly)) timeout = timeout.length() / 2;
  try {
    if (feeder.put(item, Deadline::after(timeout))) return true;
  } catch (const CountOverflow&) {
    if (fault_is(Fault::kOverflowDelivers)) FaultSeams::add(feeder, item);
    if (fault_is(Fault::kOverflowTakesSlot)) FaultSeams::take_slot(queue);
    throw;
  }
  if (tasks_fault(queue, Fault::kTasksFullCounts)) FaultSeams::change_tasks(queue, +1);
  return false;
}

bool fault_feeder_is_slow() noexcept {
  return fault_is(Fault::kExitFlushesOneQueue) || fault_is(Fault::kQsizeMissesBuffered) ||
         fault_is(Fault::kFullMissesBuffered);
}

void fault_pause() { std::this_thread::sleep_for(1ms); }

std::optional<std::string> fault_before_get(QueueMemory& queue, const std::atomic<bool>& closed,
                                            Timeout& timeout) {
  if (is_simple(queue)) return fault_simple_before_get(queue, closed, timeout);
  Channel& channel = queue.channel();
  if (fault_is(Fault::kGetEmptyEarly)) timeout = timeout.length() / 2;
  timeout = fault_rare_timeout(Fault::kRareEmptyEarly, get_timeout(timeout));
  if (fault_is(Fault::kGetMissesItem) && !timeout.is_forever() && channel.empty()) {
    std::this_thread::sleep_for(timeout.length());
    throw Empty();
  }
  if (fault_is(Fault::kGetEndsStream) && channel.empty() && channel.messages_read() > 0)
    throw EndOfStream();
  for (const Fault fault : {Fault::kGetDuplicatesInCrowd, Fault::kGetDuplicates,
                            Fault::kBrokenStays, Fault::kKilledGetAgain, Fault::kRareGetTwice})
    if (auto again = fault_again(fault)) return again;
  if (tasks_fault(queue, Fault::kTasksGetEmptyEarly)) timeout = timeout.length() / 2;
  if (tasks_fault(queue, Fault::kTasksGetGivesUp) && timeout.is_forever()) timeout = kLookAgain;
  if (fault_is(Fault::kDeadGetterServed) || fault_is(Fault::kGetterBehindServed)) fault_shared()++;
  return std::nullopt;
}

bool fault_after_get(QueueMemory& queue, std::string& item, Clock::time_point began) {
  if (is_simple(queue)) return fault_simple_after_get(item);
  if (fault_is(Fault::kGetDuplicates)) fault_remember(item);
  if (fault_is(Fault::kGetLoses) && fault_turn(4)) return false;
  if (fault_is(Fault::kGetLosesRarely) && fault_turn(500)) return false;
  if (fault_is(Fault::kGetDuplicatesInCrowd) && in_crowd(queue.channel().messages_read()))
    fault_remember(item);
  if (fault_is(Fault::kNullIsEmpty) && item.size() <= 5) throw Empty();
  change_item(item);
  if (fault_rarely(Fault::kRareGetLoses, 1000)) return false;
  fault_rare_item(item);
  if ((fault_is(Fault::kDeadGetterServed) || fault_is(Fault::kGetterBehindServed)) &&
      fault_shared().fetch_sub(1) > 1 && fault_turn(2))
    return false;
  if ((fault_is(Fault::kLateGetLoses) || fault_is(Fault::kStoppedGetLoses)) &&
      Clock::now() - began > 2 * kLookAgain)
    return false;
  if (fault_is(Fault::kKilledGetAgain) && fault_turn(25)) fault_remember(item);
  if (tasks_fault(queue, Fault::kTasksGetLoses) && fault_shared()++ % 500 == 499) return false;
  if (tasks_fault(queue, Fault::kTasksItemCorrupted) && item.size() > (std::size_t{1} << 20))
    item.back() ^= 1;
  if (fault_is(Fault::kTaskDoneForGettersOnly)) fault_own() = 1;
  if (fault_is(Fault::kTaskDoneAfterGetOnly)) fault_shared()++;
  for (const Fault done : {Fault::kGetIsTaskDone, Fault::kGetIsDoneForNow, Fault::kTasksBrokenDone})
    if (fault_is(done)) (void)queue.task_done();
  return true;
}

void fault_get_closed(const QueueMemory& queue) {
  if (!is_simple(queue) && fault_is(Fault::kGetAfterClose)) throw Empty();
  if (tasks_fault(queue, Fault::kTasksGetAfterClose)) throw Empty();
}

std::optional<bool> fault_empty(QueueMemory& queue) {
  if (is_simple(queue)) return fault_simple_empty();
  if (!fault_is(Fault::kEmptyMissesLast)) return std::nullopt;
  return queue.slots_in_use() <= 1;
}

std::optional<bool> fault_full(QueueMemory& queue) noexcept {
  if (fault_is(Fault::kFullMissesBuffered) && queue.channel().empty()) return false;
  if (!fault_is(Fault::kFullOneEarly)) return std::nullopt;
  FaultSeams::change_slots(queue, +1);
  const bool full = queue.all_slots_in_use();
  FaultSeams::change_slots(queue, -1);
  return full;
}

bool fault_close(QueueMemory& queue, Feeder& feeder) noexcept {
  if (is_simple(queue)) return fault_simple_close(feeder);
  if (fault_is(Fault::kCloseTakesSlot) ||
      (fault_is(Fault::kCloseAgainTakesSlot) && feeder.closed()))
    FaultSeams::take_slot(queue);
  closed_here() = true;
  return false;
}

bool fault_join_thread(bool closed) {
  if (fault_is(Fault::kJoinThreadOnce) && fault_turn(2)) throw NotStarted("it was joined before");
  return (fault_is(Fault::kJoinThreadDoesNotWait) && closed) ||
         (fault_is(Fault::kJoinThreadUnchecked) && !closed);
}

bool fault_before_task_done(QueueMemory& queue) {
  if (fault_is(Fault::kSlotFreedByTaskDone) || fault_is(Fault::kTasksBrokenKeepsSlot)) {
    FaultSeams::change_slots(queue, -1);
    queue.slot_freed();
  }
  return fault_is(Fault::kGetIsDoneForNow);
}

std::optional<bool> fault_task_done() noexcept {
  if (fault_is(Fault::kTaskDoneForGettersOnly) && fault_own() == 0) return true;
  if (fault_is(Fault::kTaskDoneAfterGetOnly) && fault_shared().fetch_sub(1) <= 0) return false;
  return std::nullopt;
}

bool fault_join(QueueMemory& queue, Deadline deadline) {
  if (fault_rarely(Fault::kRareJoinEarly, 3)) return true;
  if (fault_is(Fault::kJoinDoesNotWait)) return true;
  if (fault_is(Fault::kJoinLate)) std::this_thread::sleep_for(10 * kLookAgain);
  if (fault_is(Fault::kJoinForProducersOnly) && fault_own() == 0) return true;
  if (fault_is(Fault::kSecondJoinerForgotten) && fault_own().fetch_add(1) > 0) fault_hang();
  if (fault_is(Fault::kJoinOnce) && fault_shared() > 0) return true;
  const bool zero = queue.wait_for_no_tasks(deadline);
  if (fault_is(Fault::kJoinOnce)) fault_shared() = 1;
  if (fault_is(Fault::kSecondJoinerForgotten)) fault_own()--;
  return zero;
}

}  // namespace psq::detail

#endif  // PSQ_FAULTS
