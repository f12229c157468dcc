// A queue as one process has it: what it shares with others, and the feeder that it has for itself.

#pragma once

#include <array>
#include <memory>

#include "psq/error.h"
#include "psq/queue_core.h"
#include "src/fault_queue.h"
#include "src/fault_seam.h"
#include "src/feeder.h"
#include "src/history_faults.h"
#include "src/process_state.h"
#include "src/queue_memory.h"
#include "src/shared_memory.h"

namespace psq::detail {

inline const char* name_of(QueueKind kind) noexcept {
  constexpr std::array kNames{"simple-queue", "queue", "joinable-queue"};
  return kNames[static_cast<std::size_t>(kind)];
}

// Any thread may call any method.
class LocalQueue final : public QueueCore {
 public:
  explicit LocalQueue(std::shared_ptr<SharedMemory> memory)
      : memory_(std::move(memory)),
        queue_(memory_, reinterpret_cast<QueueMemory*>(memory_->data())),
        feeder_(std::make_shared<Feeder>(queue_)) {
    ProcessState::instance().add(feeder_);
  }
  ~LocalQueue() override {
    if constexpr (kFaults) fault_dropped(*queue_);
    if (!kFaults || !fault_is(Fault::kDropForgets)) feeder_->close();
    if (!kFaults || !fault_is(Fault::kDropForgets)) feeder_->wait_flushed();
    ProcessState::instance().remove(feeder_);
  }

  void check_open() const override {
    if constexpr (kFaults) fault_check_open(*queue_);
    check_closed();
  }

  bool put(std::string_view item, Timeout timeout) override {
    if constexpr (kFaults) fault_put_serialized();
    check_closed();
    if constexpr (kFaults) return fault_put(*queue_, *feeder_, item, timeout);
    if (!is_simple()) return feeder_->put(item, Deadline::after(timeout));
    queue_->channel().send(item);
    return true;
  }

  std::optional<std::string> get(Timeout timeout) override {
    if constexpr (kFaults)
      if (auto instead = fault_before_get(*queue_, feeder_->closed(), timeout)) return instead;
    [[maybe_unused]] const auto began = kFaults ? Clock::now() : Clock::time_point();
    std::string item;
    if (!queue_->channel().receive(item, Deadline::after(timeout), feeder_->closed())) {
      if constexpr (kFaults)
        if (feeder_->closed()) fault_get_closed(*queue_);
      if (feeder_->closed()) throw Closed("queue");
      return std::nullopt;
    }
    queue_->slot_freed();
    if constexpr (kFaults) fault_point("slot-freed");
    if constexpr (kFaults)
      if (!fault_after_get(*queue_, item, began)) return get(timeout);
    return item;
  }

  std::size_t qsize() const noexcept override {
    if constexpr (kFaults)
      if (fault_is(Fault::kQsizeMissesBuffered) && empty()) return 0;
    queue_->collect_from_the_dead();
    if constexpr (kFaults)
      if (fault_rarely(Fault::kRareQsize, 3)) return queue_->slots_in_use() + 1;
    return queue_->slots_in_use();
  }

  bool empty() const override {
    if (is_simple()) check_closed();
    if constexpr (kFaults)
      if (const auto instead = fault_empty(*queue_)) return *instead;
    return queue_->channel().empty();
  }

  bool full() const noexcept override {
    if constexpr (kFaults)
      if (const auto instead = fault_full(*queue_)) return *instead;
    if (!queue_->all_slots_in_use()) return false;
    queue_->collect_from_the_dead();
    return queue_->all_slots_in_use();
  }

  void close() noexcept override {
    if constexpr (kFaults)
      if (fault_close(*queue_, *feeder_)) return;
    feeder_->close();
  }

  void join_thread() override {
    if constexpr (kFaults)
      if (fault_join_thread(feeder_->closed())) return;
    if (!feeder_->closed()) throw NotStarted("join_thread before close: call close first");
    feeder_->wait_flushed();
  }

  void cancel_join_thread() noexcept override { feeder_->cancel_wait(); }

  void task_done() override {
    if constexpr (kFaults)
      if (fault_rarely(Fault::kRareTaskDoneLost, 200)) return;
    if constexpr (kFaults)
      if (fault_is(Fault::kTaskDoneAfterClose)) check_open();
    if constexpr (kFaults)
      if (fault_before_task_done(*queue_)) return;
    if (!queue_->task_done()) throw TaskDoneTooOften();
  }

  bool join(Timeout timeout) override {
    if constexpr (kFaults) return fault_join(*queue_, Deadline::after(timeout));
    return queue_->wait_for_no_tasks(Deadline::after(timeout));
  }

  Handle handle() const override { return memory_->handle(name_of(queue_->kind())); }

 private:
  [[nodiscard]] bool is_simple() const noexcept { return queue_->kind() == QueueKind::kSimple; }

  void check_closed() const {
    if constexpr (kFaults)
      if (fault_unchecked(*queue_)) return;
    if (feeder_->closed()) throw Closed("queue");
  }

  const std::shared_ptr<SharedMemory> memory_;
  const std::shared_ptr<QueueMemory> queue_;  // In it, and with its lifetime.
  std::shared_ptr<Feeder> feeder_;            // Replaced in a child only.
};

}  // namespace psq::detail
