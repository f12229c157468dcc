// A queue in one process: the memory that it shares with other processes, and the feeder that it
// has for itself.

#pragma once

#include <array>
#include <memory>

#include "psq/error.h"
#include "psq/queue_core.h"
#include "src/descriptor_message.h"
#include "src/lent_bytes.h"
#include "src/probe.h"
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
      : memory_(std::move(memory)), queue_(memory_), feeder_(queue_) {}
  ~LocalQueue() override {
    if (!feeder_.is_own()) return;
    feeder_->close();
    feeder_->wait_flushed();
    feeder_->ready().end();
  }

  void check_open() const override {
    if (feeder_->closed()) throw Closed("queue");
  }

  bool put(std::string_view item, Timeout timeout) override {
    check_open();
    queue_->check_at_home();
    return put_message(item, timeout);
  }

  std::unique_ptr<Lent> loan(std::size_t length, Timeout timeout) override {
    check_open();
    queue_->check_at_home();
    auto lent = std::make_unique<LentBytes>(memory_);
    Received& item = lent->item();
    Channel& channel = queue_->channel();
    if (channel.is_short(length)) {
      item.bytes.resize(length);
    } else {
      SharedMemory::check_length(length);
      for (const Deadline deadline = Deadline::after(timeout); !item.extent;) {
        item.extent = channel.take_extent(*memory_, length, deadline.within(kLookAgain));
        check_open();
        if (!item.extent && deadline.has_passed()) return nullptr;
      }
      item.window = channel.extents().window_to_fill(*memory_, *item.extent.extent);
      at("loan-taken");
    }
    lent->fix();
    return lent;
  }

  bool put_lent(Lent* lent, Timeout timeout) override {
    check_open();
    queue_->check_at_home();
    auto* const mine = static_cast<LentBytes*>(lent);
    if (mine == nullptr || !mine->can_be_put(memory_)) {
      throw InvalidArgument(
          "cannot put a loan that is empty, is of another queue, or was lent to another thread");
    }
    return put_message(mine->message(), timeout);
  }

  std::unique_ptr<Lent> get_view(Timeout timeout) override {
    queue_->check_at_home();
    auto lent = std::make_unique<LentBytes>(memory_);
    if (!queue_->channel().receive_in_place(*memory_, lent->item(), Deadline::after(timeout),
                                            feeder_->stop())) {
      if (feeder_->closed()) throw Closed("queue");
      return nullptr;
    }
    lent->fix();
    slots_freed(1);
    at("view-taken");
    return lent;
  }

  std::optional<std::string> get(Timeout timeout) override {
    queue_->check_at_home();
    std::optional<std::string> item(std::in_place);
    if (queue_->channel().receive(*memory_, *item, Deadline::after(timeout), feeder_->stop())) {
      slots_freed(1);
    } else {
      if (feeder_->closed()) throw Closed("queue");
      item.reset();
    }
    return item;
  }

  std::size_t put_many(std::string_view row, std::size_t count, Timeout timeout) override {
    check_open();
    queue_->check_at_home();
    const Deadline deadline = Deadline::after(timeout);
    if (!is_simple()) return feeder_->put_many(row, count, deadline);
    std::size_t left = count;
    for (std::size_t sent = 1; sent > 0 && left > 0; left -= sent)
      sent = queue_->channel().send_some(*memory_, row, left, 0, deadline);
    return count - left;
  }

  std::size_t get_many(std::string& row, std::size_t most, Timeout timeout) override {
    queue_->check_at_home();
    std::size_t left = most;
    try {
      Deadline deadline = Deadline::after(timeout);
      for (std::size_t got = 1; got > 0 && left > 0; left -= got) {
        got = queue_->channel().receive_some(*memory_, row, left, deadline, feeder_->stop());
        if (got > 0) slots_freed(got);
        deadline = Deadline::after(no_wait);  // For what is there now.
      }
    } catch (const Error&) {
      if (left == most) throw;  // The next call meets the error, after these items.
    }
    if (left == most && feeder_->closed()) throw Closed("queue");
    return most - left;
  }

  bool put_at_once(std::string_view item) override {
    check_open();
    queue_->check_at_home();
    Channel& channel = queue_->channel();
    if (!channel.is_short(item.size())) return false;
    return is_simple() ? channel.try_send(*memory_, item, 0) : feeder_->put_at_once(item);
  }

  bool sends_next() const override {
    return is_simple() || (!feeder_->closed() && feeder_->sends_next());
  }

  void wait_for_room(std::size_t length, Timeout timeout) override {
    if (!is_simple()) feeder_->wait_for_room(length, Deadline::after(timeout));
  }

  bool put_row(std::string& row, Timeout timeout) override {
    if (is_simple()) return put(first_of(row), timeout);
    check_open();
    queue_->check_at_home();
    return feeder_->put(first_of(row), Deadline::after(timeout), &row);
  }

  std::size_t get_at_once(std::string& row, std::size_t most) override {
    queue_->check_at_home();
    if (feeder_->closed()) return 0;
    const std::size_t got = queue_->channel().try_receive_some(*memory_, row, most);
    if (got > 0) slots_freed(got);
    return got;
  }

  std::size_t qsize() const noexcept override {
    queue_->collect_from_the_dead();
    return queue_->slots_in_use();
  }

  bool empty() const override {
    if (is_simple()) check_open();
    return queue_->channel().empty();
  }

  bool full() const noexcept override {
    if (!queue_->all_slots_in_use()) return false;
    queue_->collect_from_the_dead();
    return queue_->all_slots_in_use();
  }

  void close() noexcept override { feeder_->close(); }

  void join_thread() override {
    if (!feeder_->closed()) throw NotStarted("join_thread before close: call close first");
    feeder_->wait_flushed_or_interrupted();
  }

  bool flushed() const noexcept override { return feeder_->flushed(); }

  void cancel_join_thread() noexcept override { feeder_->cancel_wait(); }

  void task_done() override {
    queue_->check_at_home();
    if (!queue_->task_done()) throw TaskDoneTooOften();
  }

  bool join(Timeout timeout) override {
    queue_->check_at_home();
    return queue_->wait_for_no_tasks(Deadline::after(timeout));
  }

  int fd() const override {
    check_open();
    queue_->check_at_home();
    return feeder_->descriptor();
  }

  Handle handle() const override { return memory_->handle(name_of(queue_->kind())); }

  void send_over(int socket) const override {
    send_descriptor(socket, memory_->descriptor(), kQueueCargo, kQueueCargo.least);
  }

  int descriptor() const noexcept override { return memory_->descriptor(); }

 private:
  bool put_message(const Message& item, Timeout timeout) {
    if (!is_simple()) return feeder_->put(item, Deadline::after(timeout));
    return queue_->channel().send(*memory_, item, 0, Deadline::after(timeout));
  }

  void slots_freed(std::size_t slots) {
    queue_->slots_freed(slots);
    at("slot-freed");
    feeder_->ready().update();
  }
  [[nodiscard]] bool is_simple() const noexcept { return queue_->kind() == QueueKind::kSimple; }

  const std::shared_ptr<SharedMemory> memory_;
  const QueuePointer queue_;
  OwnFeeder feeder_;
};

}  // namespace psq::detail
