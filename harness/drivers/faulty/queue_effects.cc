#include "queue_effects.h"

#include "state.h"

namespace psq::faulty {
namespace {

// A number in the queue's shared memory that the reference uses for its 4,096th producer alone.
std::atomic_ref<std::uint64_t> extra_slots(const QueueMemory& memory) noexcept {
  return std::atomic_ref(memory.channel_.counts_.back());
}

}  // namespace

bool is_closed(const LocalQueue& queue) noexcept { return queue.feeder_->closed(); }

void change_extra_slots(QueueMemory& memory, int by) noexcept {
  extra_slots(memory) += static_cast<std::uint64_t>(by);
}

void take_extra_slot(QueueMemory& memory) noexcept {
  if (!memory.all_slots_in_use()) change_extra_slots(memory, +1);
}

Effect counts_extra_slots() {
  return alter("items.gone", [](std::uint32_t& gone, const QueueMemory& memory) {
    gone -= static_cast<std::uint32_t>(extra_slots(memory).load());
  });
}

Effect reading_frees_no_slot() {
  return alter("items.gone", [](std::uint32_t& gone, const QueueMemory& memory) {
    if (memory.kind() != QueueKind::kJoinable) return;
    gone = memory.records_.lost() - static_cast<std::uint32_t>(extra_slots(memory).load());
  });
}

void change_tasks(QueueMemory& memory, int by) noexcept {
  memory.done_ -= static_cast<std::uint64_t>(by);
}

void send(const QueuePointer& queue, detail::Producer producer, std::string_view item) {
  queue->channel().send(queue.memory(), item, producer);
}

bool count_item(LocalQueue& queue, Deadline deadline) {
  Feeder& feeder = *queue.feeder_;
  return queue.queue_->free_slot().wait(deadline, [&] {
    const std::lock_guard lock(feeder.mutex_);
    if (feeder.closed()) throw Closed("queue");
    if (feeder.ending_) return false;
    if (feeder.thread_ == Feeder::Thread::kNone) feeder.start();
    return queue.queue_->try_take(feeder.producer_, true) > 0;
  });
}

void count_item_anyway(LocalQueue& queue) {
  Feeder& feeder = *queue.feeder_;
  const std::lock_guard lock(feeder.mutex_);
  if (feeder.thread_ == Feeder::Thread::kNone) feeder.start();
  queue.queue_->records().add(feeder.producer_, [](std::uint32_t) { return true; });
}

void buffer_item(LocalQueue& queue, std::string_view item) {
  const std::lock_guard lock(queue.feeder_->mutex_);
  queue.feeder_->buffer_.append(item);
  queue.feeder_->tell_thread();
}

void send_item(LocalQueue& queue, std::string_view item) {
  const std::lock_guard lock(queue.feeder_->mutex_);
  send(queue.queue_, queue.feeder_->producer_, item);
}

bool put_noting(LocalQueue& queue, std::string_view item, Timeout timeout) {
  process_number() = 1;
  return queue.put(item, timeout);
}

}  // namespace psq::faulty
