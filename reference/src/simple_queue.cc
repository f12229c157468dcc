#include "psq/simple_queue.h"

#include <atomic>

#include "src/channel.h"
#include "src/fault_seam.h"
#include "src/process_state.h"

namespace psq::detail {

class SimpleQueueCore::State final : public ForkAware {
 public:
  State() { ProcessState::instance().add(*this); }
  ~State() { ProcessState::instance().remove(*this); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void reset_in_child() noexcept override { closed = false; }

  void check_open() const {
    if constexpr (kFaults)
      if (fault_is(Fault::kSimplePutAfterClose)) return;
    if (closed) throw Closed("queue");
  }

  Channel channel;
  std::atomic<bool> closed{false};
};

SimpleQueueCore::SimpleQueueCore() : state_(std::make_unique<State>()) {}
SimpleQueueCore::~SimpleQueueCore() = default;

void SimpleQueueCore::check_open() const {
  state_->check_open();
}

void SimpleQueueCore::put(const std::string& item) {
  state_->check_open();
  state_->channel.send(item);
}

std::string SimpleQueueCore::get() {
  std::string item;
  if constexpr (kFaults)
    if (auto again = fault_again(Fault::kSimpleGetDuplicates)) return *again;
  if (state_->channel.receive(item, Deadline::never(), state_->closed) !=
      Channel::Received::kMessage) {
    throw Closed("queue");
  }
  if constexpr (kFaults)
    if (fault_is(Fault::kSimpleGetDuplicates)) fault_remember(item);
  return item;
}

bool SimpleQueueCore::empty() const {
  state_->check_open();
  return state_->channel.empty();
}

void SimpleQueueCore::close() noexcept {
  state_->closed = true;
}

}  // namespace psq::detail
