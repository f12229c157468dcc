#include "psq/queue.h"

#include <algorithm>

#include "src/fault_queue.h"
#include "src/fault_seam.h"
#include "src/history_faults.h"
#include "src/leak_faults.h"
#include "src/queue_state.h"

namespace psq::detail {
namespace {

void check_range(const char* what, std::int64_t value, std::int64_t least, std::int64_t largest) {
  if (value >= least && value <= largest) return;
  throw InvalidArgument(
      std::string(what) + " is " + std::to_string(value) + ", but has to be " +
      (value < least ? "at least " + std::to_string(least) : "at most " + std::to_string(largest)));
}

}  // namespace

QueueCore::QueueCore(const CoreOptions& options) {
  std::int64_t bound = std::max<std::int64_t>(options.maxsize, 0);
  if constexpr (kFaults)
    if (fault_is(Fault::kMaxsizeClamped)) bound = std::min(bound, kMaxSize);
  if constexpr (kFaults)
    if (fault_is(Fault::kLargestRefused)) check_range("maxsize", bound, 0, kMaxSize - 1);
  check_range("maxsize", bound, 0, kMaxSize);
  check_range("unfinished", options.unfinished, 0, kMaxUnfinished);
  if constexpr (kFaults) bound = fault_bound(bound, options.counts_tasks);
  state_ = std::make_unique<State>(
      std::make_shared<QueueMemory>(options.counts_tasks, static_cast<std::uint64_t>(bound),
                                    static_cast<std::uint32_t>(options.unfinished)));
  if constexpr (kFaults) fault_leak();
}

QueueCore::QueueCore(const std::string& token, bool counts_tasks)
    : state_(std::make_unique<State>(std::make_shared<QueueMemory>(counts_tasks, token))) {}

Handle QueueCore::handle() const { return state_->memory->handle(); }

QueueCore::~QueueCore() {
  if constexpr (kFaults)
    if (fault_is(Fault::kDropForgets)) return;
  if constexpr (kFaults)
    if (fault_is(Fault::kDropEndsAll)) fault_shared() = 1;
  state_->local->close();
  state_->local->wait_flushed();
}

void QueueCore::check_open() const {
  if constexpr (kFaults)
    if (fault_is(Fault::kPutAfterClose)) return;
  if constexpr (kFaults)
    if (fault_is(Fault::kCloseThreadLocal) && !fault_closed_here()) return;
  if constexpr (kFaults)
    if (fault_put_begins() && fault_is(Fault::kUnserializableTakesSlot))
      state_->memory->fault_take_slot();
  if constexpr (kFaults)
    if (state_->tasks_fault(Fault::kTasksPutAfterClose)) return;
  if constexpr (kFaults)
    if (fault_is(Fault::kDropEndsAll) && fault_shared() > 0) throw Closed("queue");
  if (state_->local->closed()) throw Closed("queue");
}

bool QueueCore::put(std::string_view item, Timeout timeout) {
  if constexpr (kFaults) fault_put_serialized();
  check_open();
  if constexpr (kFaults)
    if (!state_->fault_before_put(timeout)) return true;
  switch (state_->local->put(item, Deadline::after(timeout))) {
    case QueueMemory::Taken::kYes:
      return true;
    case QueueMemory::Taken::kNo:
      if constexpr (kFaults)
        if (state_->tasks_fault(Fault::kTasksFullCounts)) state_->memory->fault_change_tasks(+1);
      return false;
    case QueueMemory::Taken::kTooManyTasks:
      if constexpr (kFaults)
        if (fault_is(Fault::kOverflowDelivers)) state_->local->fault_add(item);
      if constexpr (kFaults)
        if (fault_is(Fault::kOverflowTakesSlot)) state_->memory->fault_take_slot();
      throw CountOverflow();
    case QueueMemory::Taken::kClosed:
      break;
  }
  throw Closed("queue");
}

std::optional<std::string> QueueCore::get(Timeout timeout) {
  if constexpr (kFaults)
    if (auto instead = state_->fault_before_get(timeout)) return instead;
  [[maybe_unused]] const auto began = kFaults ? Clock::now() : Clock::time_point();
  std::string item;
  switch (state_->channel().receive(item, Deadline::after(timeout), state_->local->closed())) {
    case Channel::Received::kMessage:
      break;
    case Channel::Received::kNothing:
      return std::nullopt;
    case Channel::Received::kStopped:
      if constexpr (kFaults)
        if (fault_is(Fault::kGetAfterClose)) throw Empty();
      if constexpr (kFaults)
        if (state_->tasks_fault(Fault::kTasksGetAfterClose)) throw Empty();
      throw Closed("queue");
  }
  state_->memory->slot_freed();
  if constexpr (kFaults) fault_point("slot-freed");
  if constexpr (kFaults)
    if (!state_->fault_after_get(item, began)) return get(timeout);
  return item;
}

std::size_t QueueCore::qsize() const noexcept {
  if constexpr (kFaults)
    if (fault_is(Fault::kQsizeMissesBuffered) && empty()) return 0;
  state_->memory->collect_from_the_dead();
  if constexpr (kFaults)
    if (fault_rarely(Fault::kRareQsize, 3)) return state_->memory->slots_in_use() + 1;
  return state_->memory->slots_in_use();
}

bool QueueCore::empty() const noexcept {
  if constexpr (kFaults)
    if (fault_is(Fault::kEmptyMissesLast)) return qsize() <= 1;
  return state_->channel().empty();
}

bool QueueCore::full() const noexcept {
  if constexpr (kFaults)
    if (fault_is(Fault::kFullMissesBuffered) && empty()) return false;
  if constexpr (kFaults)
    if (fault_is(Fault::kFullOneEarly)) {
      state_->memory->fault_change_slots(+1);
      const bool full = state_->memory->all_slots_in_use();
      state_->memory->fault_change_slots(-1);
      return full;
    }
  if (!state_->memory->all_slots_in_use()) return false;
  state_->memory->collect_from_the_dead();
  return state_->memory->all_slots_in_use();
}

void QueueCore::close() noexcept {
  if constexpr (kFaults)
    if (fault_is(Fault::kCloseTakesSlot) ||
        (fault_is(Fault::kCloseAgainTakesSlot) && state_->local->closed()))
      state_->memory->fault_take_slot();
  if constexpr (kFaults) fault_closed_here() = true;
  state_->local->close();
}

void QueueCore::join_thread() {
  if constexpr (kFaults)
    if (fault_is(Fault::kJoinThreadOnce) && fault_turn(2)) throw NotStarted("it was joined before");
  if constexpr (kFaults)
    if (fault_is(Fault::kJoinThreadDoesNotWait) && state_->local->closed()) return;
  if constexpr (kFaults)
    if (fault_is(Fault::kJoinThreadUnchecked) && !state_->local->closed()) return;
  if (!state_->local->closed()) throw NotStarted("join_thread before close: call close first");
  state_->local->wait_flushed();
}

void QueueCore::cancel_join_thread() noexcept { state_->local->cancel_wait(); }

void QueueCore::task_done() {
  if constexpr (kFaults)
    if (fault_rarely(Fault::kRareTaskDoneLost, 200)) return;
  if constexpr (kFaults)
    if (fault_is(Fault::kTaskDoneAfterClose)) check_open();
  if constexpr (kFaults)
    if (fault_is(Fault::kSlotFreedByTaskDone) || fault_is(Fault::kTasksBrokenKeepsSlot)) {
      state_->memory->fault_change_slots(-1);
      state_->memory->slot_freed();
    }
  if constexpr (kFaults)
    if (fault_is(Fault::kGetIsDoneForNow)) return;
  if (!state_->memory->task_done()) throw TaskDoneTooOften();
}

bool QueueCore::join(Timeout timeout) {
  if constexpr (kFaults)
    if (fault_rarely(Fault::kRareJoinEarly, 3)) return true;
  return state_->memory->wait_for_no_tasks(Deadline::after(timeout));
}

}  // namespace psq::detail
