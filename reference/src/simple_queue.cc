#include "psq/simple_queue.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "src/channel.h"
#include "src/fault_seam.h"
#include "src/history_faults.h"
#include "src/process_state.h"
#include "src/shared_memory.h"

namespace psq::detail {

class SimpleQueueCore::State final : public ForkAware {
 public:
  State() : memory(Channel::size_of()), channel(memory.data(), Channel::Begin::kNew) {
    ProcessState::instance().add(*this);
  }
  explicit State(const std::string& token)
      : memory(take_handle(kSimpleKind, token, Channel::size_of()), Channel::size_of()),
        channel(memory.data(), Channel::Begin::kAsItIs) {
    ProcessState::instance().add(*this);
  }
  ~State() { ProcessState::instance().remove(*this); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void reset_in_child() noexcept override {
    closed = false;
    if constexpr (kFaults)
      if (fault_is(Fault::kChildSimpleClosed)) closed = true;
    if constexpr (kFaults)
      if (fault_is(Fault::kGrandchildSimpleClosed)) closed = ++generation > 1;
  }

  void check_open() const {
    if constexpr (kFaults)
      if (fault_is(Fault::kSimplePutAfterClose)) return;
    if constexpr (kFaults)
      if (fault_is(Fault::kSimpleCloseEverywhere) && fault_shared() > 0) throw Closed("queue");
    if (closed) throw Closed("queue");
  }

  SharedMemory memory;
  Channel channel;
  std::atomic<bool> closed{false};
  int generation = 0;  // For a fault.
};

SimpleQueueCore::SimpleQueueCore() : state_(std::make_unique<State>()) {}
SimpleQueueCore::SimpleQueueCore(const std::string& token)
    : state_(std::make_unique<State>(token)) {}
SimpleQueueCore::~SimpleQueueCore() = default;

Handle SimpleQueueCore::handle() const { return make_handle(kSimpleKind, state_->memory); }

void SimpleQueueCore::check_open() const {
  if constexpr (kFaults)
    if (fault_is(Fault::kSimpleLeavesStump) && fault_own().exchange(1) > 0)
      state_->channel.send({});
  state_->check_open();
}

void SimpleQueueCore::put(std::string_view item) {
  state_->check_open();
  if constexpr (kFaults)
    if (fault_is(Fault::kSimpleLeavesStump)) fault_own() = 0;
  if constexpr (kFaults)
    if (fault_is(Fault::kSimpleNullLost) && item.size() < 8) return;
  if constexpr (kFaults)
    if (fault_is(Fault::kSimpleEmptyToOthers)) fault_own() = 1;
  if constexpr (kFaults)
    if (fault_is(Fault::kSimpleEmptyAtOne)) fault_shared()++;
  if constexpr (kFaults)
    if (const auto now = fault_delayed(std::string(item))) {
      for (const std::string& each : *now) state_->channel.send(each);
      return;
    }
  state_->channel.send(item);
  if constexpr (kFaults)
    if (fault_is(Fault::kSimpleRendezvous))
      while (!state_->channel.empty()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

std::optional<std::string> SimpleQueueCore::get(Timeout timeout) {
  std::string item;
  if constexpr (kFaults)
    if (auto again = fault_again(Fault::kSimpleGetDuplicates)) return again;
  if constexpr (kFaults)
    if (auto again = fault_again(Fault::kRareSimpleTwice)) return again;
  if constexpr (kFaults)
    if (auto again = fault_again(Fault::kSimpleBrokenStays)) return again;
  if constexpr (kFaults)
    if (fault_is(Fault::kSimpleChildSkips) && fault_own().exchange(1) == 0)
      while (state_->channel.receive(item, Deadline::after(no_wait), state_->closed) ==
             Channel::Received::kMessage)
        item.clear();
  if constexpr (kFaults)
    if (fault_is(Fault::kSimpleSecondGetterForgotten) && fault_own().fetch_add(1) > 0) fault_hang();
  Deadline deadline = Deadline::after(timeout);
  if constexpr (kFaults)
    if (fault_is(Fault::kSimpleGetGivesUp)) deadline = deadline.within(kLookAgain);
  switch (state_->channel.receive(item, deadline, state_->closed)) {
    case Channel::Received::kMessage:
      break;
    case Channel::Received::kNothing:
      return std::nullopt;
    case Channel::Received::kStopped:
      throw Closed("queue");
  }
  if constexpr (kFaults)
    if (fault_is(Fault::kSimpleGetDuplicates)) fault_remember(item);
  if constexpr (kFaults)
    if (fault_rarely(Fault::kRareSimpleTwice, 1000)) fault_remember(item, 1);
  if constexpr (kFaults)
    if (fault_rarely(Fault::kRareSimpleLoses, 1000)) return get(timeout);
  if constexpr (kFaults)
    if (fault_is(Fault::kSimpleBrokenStays)) fault_remember(item, 1);
  if constexpr (kFaults)
    if (fault_is(Fault::kSimpleSecondGetterForgotten)) fault_own()--;
  if constexpr (kFaults)
    if (fault_is(Fault::kSimpleEmptyAtOne)) fault_shared()--;
  if constexpr (kFaults)
    if (fault_is(Fault::kSimpleLosesOne) && ++fault_shared() == 500) return get(timeout);
  if constexpr (kFaults)
    if (fault_is(Fault::kSimpleItemCorrupted) && item.size() > (std::size_t{1} << 20))
      item.back() ^= 1;
  if constexpr (kFaults)
    if (fault_is(Fault::kSimpleDigitMisread) && item.size() < 96)
      std::ranges::replace(item, '7', '8');
  return item;
}

bool SimpleQueueCore::empty() const {
  state_->check_open();
  if constexpr (kFaults)
    if (fault_is(Fault::kSimpleEmptyToOthers) && fault_own() == 0) return true;
  if constexpr (kFaults)
    if (fault_rarely(Fault::kRareSimpleEmpty, 4)) return true;
  if constexpr (kFaults)
    if (fault_is(Fault::kSimpleEmptyAtOne)) return fault_shared() <= 1;
  return state_->channel.empty();
}

void SimpleQueueCore::close() noexcept {
  if constexpr (kFaults)
    if (fault_is(Fault::kSimpleCloseEverywhere)) fault_shared() = 1;
  if constexpr (kFaults)
    if (fault_is(Fault::kSimpleCloseToggles)) state_->closed = !state_->closed;
  if constexpr (kFaults)
    if (fault_is(Fault::kSimpleCloseToggles)) return;
  state_->closed = true;
}

}  // namespace psq::detail
