// What a Queue object is made of, in one process.

#pragma once

#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include "psq/queue.h"
#include "src/clock.h"
#include "src/fault_queue.h"
#include "src/fault_seam.h"
#include "src/feeder.h"
#include "src/process_state.h"
#include "src/queue_memory.h"
#include "src/sanitizers.h"

namespace psq::detail {

class QueueCore::State final : public ForkAware {
 public:
  explicit State(std::shared_ptr<QueueMemory> shared)
      : memory(std::move(shared)), local(std::make_shared<Feeder>(memory)) {
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
    leave_behind(local.get());
    new (&local) std::shared_ptr<Feeder>(std::make_shared<Feeder>(memory));
  }
  std::shared_ptr<Feeder> feeder() const override {
    if constexpr (kFaults)
      if (fault_is(Fault::kCreatorDoesNotFlush) && fault_in_first_process()) return nullptr;
    return local;
  }

  [[nodiscard]] Channel& channel() const noexcept { return memory->channel(); }

  // Whether this is the fault that was chosen, for joinable queues alone.
  [[nodiscard]] bool tasks_fault(Fault fault) const noexcept {
    return memory->counts_tasks() && fault_is(fault);
  }
  // The faults around put: false, the put ends at once, as if it had succeeded.
  [[nodiscard]] bool fault_before_put(Timeout& timeout) const;
  // The faults around get: an item in place of the next one.
  [[nodiscard]] std::optional<std::string> fault_before_get(Timeout& timeout) const;
  // False: the item is lost, and another is to be got.
  [[nodiscard]] bool fault_after_get(std::string& item, Clock::time_point began) const;

  const std::shared_ptr<QueueMemory> memory;
  std::shared_ptr<Feeder> local;  // Replaced in a child only.
};

}  // namespace psq::detail
