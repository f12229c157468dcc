#include "psq/queue.h"

#include <algorithm>
#include <new>
#include <thread>

#include "src/channel.h"
#include "src/fault_queue.h"
#include "src/fault_seam.h"
#include "src/feeder.h"
#include "src/history_faults.h"
#include "src/leak_faults.h"
#include "src/process_state.h"
#include "src/shared_memory.h"
#include "src/slots.h"
#include "src/task_count.h"

namespace psq::detail {
namespace {

// What all processes share, beside the channel.
struct Shared {
  Slots slots;
  TaskCount tasks;
};

void check_range(const char* what, std::int64_t value, std::int64_t least, std::int64_t largest) {
  if (value >= least && value <= largest) return;
  throw InvalidArgument(
      std::string(what) + " is " + std::to_string(value) + ", but has to be " +
      (value < least ? "at least " + std::to_string(least) : "at most " + std::to_string(largest)));
}

}  // namespace

class QueueCore::State final : public ForkAware {
 public:
  explicit State(bool counts)
      : channel(std::make_shared<Channel>()),
        counts_tasks(counts),
        local(std::make_shared<Feeder>(channel)) {
    ProcessState::instance().add(*this);
  }
  ~State() { ProcessState::instance().remove(*this); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void reset_in_child() noexcept override {
    if constexpr (kFaults)
      if (fault_is(Fault::kForkCopiesBuffer)) return local->fault_forget_thread();
    if constexpr (kFaults)
      if (fault_is(Fault::kChildInheritsFeeder)) return;
    // Not an assignment: nothing of the old feeder may be destroyed or locked here.
    new (&local) std::shared_ptr<Feeder>(std::make_shared<Feeder>(channel));
  }
  std::shared_ptr<Feeder> feeder() const override {
    if constexpr (kFaults)
      if (fault_is(Fault::kCreatorDoesNotFlush) && fault_in_first_process()) return nullptr;
    return local;
  }

  // Undoes the slot and the task of an item that will not be put.
  void take_back() noexcept {
    shared->slots.give_back();
    if (counts_tasks) (void)shared->tasks.remove();
  }

  // Whether this is the fault that was chosen, for joinable queues alone.
  [[nodiscard]] bool tasks_fault(Fault fault) const noexcept {
    return counts_tasks && fault_is(fault);
  }

  SharedObject<Shared> shared;
  const std::shared_ptr<Channel> channel;
  const bool counts_tasks;
  std::shared_ptr<Feeder> local;  // Replaced in a child only.
};

QueueCore::QueueCore(const CoreOptions& options) {
  std::int64_t bound = std::max<std::int64_t>(options.maxsize, 0);
  if constexpr (kFaults)
    if (fault_is(Fault::kMaxsizeClamped)) bound = std::min(bound, kMaxSize);
  if constexpr (kFaults)
    if (fault_is(Fault::kLargestRefused)) check_range("maxsize", bound, 0, kMaxSize - 1);
  check_range("maxsize", bound, 0, kMaxSize);
  check_range("unfinished", options.unfinished, 0, kMaxUnfinished);
  state_ = std::make_unique<State>(options.counts_tasks);
  state_->shared->slots.set_bound(static_cast<std::uint64_t>(bound));
  if constexpr (kFaults)
    if (state_->tasks_fault(Fault::kTasksBoundPlusOne) && bound > 0)
      state_->shared->slots.set_bound(static_cast<std::uint64_t>(bound) + 1);
  state_->shared->tasks.preset(static_cast<std::uint64_t>(options.unfinished));
  if constexpr (kFaults) fault_leak();
}

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
      (void)state_->shared->slots.take(*state_->channel, Deadline::after(no_wait), {});
  if constexpr (kFaults)
    if (state_->tasks_fault(Fault::kTasksPutAfterClose)) return;
  if constexpr (kFaults)
    if (fault_is(Fault::kDropEndsAll) && fault_shared() > 0) throw Closed("queue");
  if (state_->local->closed()) throw Closed("queue");
}

void QueueCore::put(const std::string& item, Timeout timeout) {
  if constexpr (kFaults) fault_put_serialized();
  check_open();
  if constexpr (kFaults)
    if (fault_is(Fault::kUnserializableStopsLater) && fault_item_failed()) return;
  if constexpr (kFaults)
    if ((fault_is(Fault::kPutAfterClose) || fault_is(Fault::kCloseThreadLocal)) &&
        state_->local->closed())
      return;
  if constexpr (kFaults)
    if (fault_is(Fault::kPutFullEarly)) timeout = timeout.length() / 2;
  if constexpr (kFaults) timeout = fault_put_timeout(timeout);
  if constexpr (kFaults) timeout = fault_rare_timeout(Fault::kRareFullEarly, timeout);
  if constexpr (kFaults)
    if (state_->tasks_fault(Fault::kTasksFullEarly)) timeout = timeout.length() / 2;
  if constexpr (kFaults)
    if (state_->tasks_fault(Fault::kTasksPutAfterClose) && state_->local->closed()) return;
  const std::atomic<bool>& closed = state_->local->closed();
  switch (state_->shared->slots.take(*state_->channel, Deadline::after(timeout), closed)) {
    case Slots::Taken::kYes:
      break;
    case Slots::Taken::kNo:
      if constexpr (kFaults)
        if (state_->tasks_fault(Fault::kTasksFullCounts)) (void)state_->shared->tasks.add();
      throw Full();
    case Slots::Taken::kStopped:
      throw Closed("queue");
  }
  if constexpr (kFaults)
    if (fault_is(Fault::kJoinForProducersOnly)) fault_own() = 1;
  if constexpr (kFaults)
    if (state_->tasks_fault(Fault::kCountsLate) && fault_turn(50) && state_->local->add(item)) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      return (void)state_->shared->tasks.add();
    }
  if (state_->counts_tasks && !state_->shared->tasks.add()) {
    if constexpr (kFaults)
      if (fault_is(Fault::kOverflowDelivers)) (void)state_->local->add(item);
    if constexpr (kFaults)
      if (fault_is(Fault::kOverflowTakesSlot)) throw CountOverflow();
    state_->shared->slots.give_back();
    throw CountOverflow();
  }
  if constexpr (kFaults)
    if (fault_is(Fault::kPutWaits)) return state_->channel->send(item);
  if constexpr (kFaults)
    if (fault_is(Fault::kThreadsBatchApart)) {
      if (!fault_turn(2)) return void(fault_kept_back() = item);
      (void)state_->local->add(fault_kept_back());
    }
  bool added = false;
  try {
    added = state_->local->add(item);
  } catch (...) {
    state_->take_back();
    throw;
  }
  if constexpr (kFaults)
    if (fault_is(Fault::kSlotTakenAhead) && fault_own().exchange(1) == 0)
      (void)state_->shared->slots.take(*state_->channel, Deadline::after(no_wait), closed);
  if (added) return;
  state_->take_back();
  throw Closed("queue");
}

std::string QueueCore::get(Timeout timeout) {
  std::string item;
  if constexpr (kFaults)
    if (fault_is(Fault::kGetEmptyEarly)) timeout = timeout.length() / 2;
  if constexpr (kFaults) timeout = fault_get_timeout(timeout);
  if constexpr (kFaults) timeout = fault_rare_timeout(Fault::kRareEmptyEarly, timeout);
  if constexpr (kFaults)
    if (auto again = fault_again(Fault::kRareGetTwice)) return *again;
  if constexpr (kFaults)
    if (fault_is(Fault::kGetMissesItem) && !timeout.is_forever() && empty()) {
      std::this_thread::sleep_for(timeout.length());
      throw Empty();
    }
  if constexpr (kFaults)
    if (fault_is(Fault::kGetEndsStream) && empty() && state_->channel->messages_read() > 0)
      throw EndOfStream();
  if constexpr (kFaults)
    if (auto again = fault_again(Fault::kGetDuplicatesInCrowd)) return *again;
  if constexpr (kFaults)
    if (auto again = fault_again(Fault::kGetDuplicates)) return *again;
  if constexpr (kFaults)
    if (auto again = fault_again(Fault::kBrokenStays)) return *again;
  if constexpr (kFaults)
    if (auto again = fault_again(Fault::kKilledGetAgain)) return *again;
  if constexpr (kFaults)
    if (state_->tasks_fault(Fault::kTasksGetEmptyEarly)) timeout = timeout.length() / 2;
  if constexpr (kFaults)
    if (state_->tasks_fault(Fault::kTasksGetGivesUp) && timeout.is_forever()) timeout = kLookAgain;
  if constexpr (kFaults)
    if (fault_is(Fault::kDeadGetterServed) || fault_is(Fault::kGetterBehindServed))
      fault_shared()++;
  if constexpr (kFaults)
    if (fault_is(Fault::kExitWaitsForGetters)) fault_own()++;
  [[maybe_unused]] const auto began = kFaults ? Clock::now() : Clock::time_point();
  switch (state_->channel->receive(item, Deadline::after(timeout), state_->local->closed())) {
    case Channel::Received::kMessage:
      break;
    case Channel::Received::kNothing:
      throw Empty();
    case Channel::Received::kStopped:
      if constexpr (kFaults)
        if (fault_is(Fault::kGetAfterClose)) throw Empty();
      if constexpr (kFaults)
        if (state_->tasks_fault(Fault::kTasksGetAfterClose)) throw Empty();
      throw Closed("queue");
  }
  state_->shared->slots.freed();
  if constexpr (kFaults)
    if (fault_is(Fault::kGetDuplicates)) fault_remember(item);
  if constexpr (kFaults)
    if (fault_is(Fault::kGetLoses) && fault_turn(4)) return get(timeout);
  if constexpr (kFaults)
    if (fault_is(Fault::kGetLosesRarely) && fault_turn(500)) return get(timeout);
  if constexpr (kFaults)
    if (fault_is(Fault::kGetDuplicatesInCrowd) && fault_in_crowd(state_->channel->messages_read()))
      fault_remember(item);
  if constexpr (kFaults)
    if (fault_is(Fault::kNullIsEmpty) && item.size() <= 5) throw Empty();
  if constexpr (kFaults) fault_change_item(item);
  if constexpr (kFaults)
    if (fault_is(Fault::kGetIsTaskDone)) (void)state_->shared->tasks.remove();
  if constexpr (kFaults)
    if (fault_is(Fault::kExitWaitsForGetters)) fault_own()--;
  if constexpr (kFaults)
    if ((fault_is(Fault::kDeadGetterServed) || fault_is(Fault::kGetterBehindServed)) &&
        fault_shared().fetch_sub(1) > 1 && fault_turn(2))
      return get(timeout);
  if constexpr (kFaults)
    if (fault_is(Fault::kLateGetLoses) && Clock::now() - began > 2 * kLookAgain)
      return get(timeout);
  if constexpr (kFaults)
    if (fault_is(Fault::kKilledGetAgain) && fault_turn(25)) fault_remember(item);
  if constexpr (kFaults)
    if (state_->tasks_fault(Fault::kTasksGetLoses) && fault_shared()++ % 500 == 499)
      return get(timeout);
  if constexpr (kFaults)
    if (state_->tasks_fault(Fault::kTasksItemCorrupted) && item.size() > (std::size_t{1} << 20))
      item.back() ^= 1;
  if constexpr (kFaults)
    if (fault_is(Fault::kTaskDoneForGettersOnly)) fault_own() = 1;
  if constexpr (kFaults)
    if (fault_is(Fault::kTaskDoneAfterGetOnly)) fault_shared()++;
  if constexpr (kFaults)
    if (fault_is(Fault::kGetIsDoneForNow) || fault_is(Fault::kTasksBrokenDone))
      (void)state_->shared->tasks.remove();
  if constexpr (kFaults)
    if (fault_rarely(Fault::kRareGetLoses, 1000)) return get(timeout);
  if constexpr (kFaults) fault_rare_item(item);
  return item;
}

std::size_t QueueCore::qsize() const noexcept {
  if constexpr (kFaults)
    if (fault_is(Fault::kQsizeMissesBuffered) && empty()) return 0;
  if constexpr (kFaults)
    if (fault_rarely(Fault::kRareQsize, 3))
      return state_->shared->slots.in_use(*state_->channel) + 1;
  return state_->shared->slots.in_use(*state_->channel);
}

bool QueueCore::empty() const noexcept {
  if constexpr (kFaults)
    if (fault_is(Fault::kEmptyMissesLast)) return qsize() <= 1;
  return state_->channel->empty();
}

bool QueueCore::full() const noexcept {
  if constexpr (kFaults)
    if (fault_is(Fault::kFullMissesBuffered) && empty()) return false;
  if constexpr (kFaults)
    if (fault_is(Fault::kFullOneEarly))
      return state_->shared->slots.almost_all_in_use(*state_->channel);
  return state_->shared->slots.all_in_use(*state_->channel);
}

void QueueCore::close() noexcept {
  if constexpr (kFaults)
    if (fault_is(Fault::kCloseTakesSlot) ||
        (fault_is(Fault::kCloseAgainTakesSlot) && state_->local->closed()))
      (void)state_->shared->slots.take(*state_->channel, Deadline::after(no_wait), {});
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

void QueueCore::cancel_join_thread() noexcept {
  state_->local->cancel_wait();
}

void QueueCore::task_done() {
  if constexpr (kFaults)
    if (fault_rarely(Fault::kRareTaskDoneLost, 200)) return;
  if constexpr (kFaults)
    if (fault_is(Fault::kTaskDoneAfterClose)) check_open();
  if constexpr (kFaults)
    if (fault_is(Fault::kSlotFreedByTaskDone) || fault_is(Fault::kTasksBrokenKeepsSlot))
      state_->shared->slots.give_back();
  if constexpr (kFaults)
    if (fault_is(Fault::kGetIsDoneForNow)) return;
  if (!state_->shared->tasks.remove()) throw TaskDoneTooOften();
}

void QueueCore::join() {
  if constexpr (kFaults)
    if (fault_rarely(Fault::kRareJoinEarly, 3)) return;
  state_->shared->tasks.wait_for_zero();
}

}  // namespace psq::detail
