// A queue some of whose calls are the chosen fault's.
#pragma once

#include <memory>

#include "behaviour.h"

namespace psq::faulty {

class FaultyQueue final : public detail::QueueCore {
 public:
  FaultyQueue(std::unique_ptr<LocalQueue> queue, const QueueCalls& calls)
      : queue_(std::move(queue)), calls_(calls) {}
  ~FaultyQueue() override {
    if (calls_.drop) calls_.drop(std::move(queue_));
  }

  void check_open() const override {
    calls_.check_open ? calls_.check_open(*queue_) : queue_->check_open();
  }
  bool put(std::string_view item, Timeout timeout) override {
    return calls_.put ? calls_.put(*queue_, item, timeout) : queue_->put(item, timeout);
  }
  std::optional<std::string> get(Timeout timeout) override {
    return calls_.get ? calls_.get(*queue_, timeout) : queue_->get(timeout);
  }
  std::size_t put_many(std::string_view row, std::size_t count, Timeout timeout) override {
    return queue_->put_many(row, count, timeout);
  }
  std::size_t get_many(std::string& row, std::size_t most, Timeout timeout) override {
    return queue_->get_many(row, most, timeout);
  }
  std::unique_ptr<detail::Lent> loan(std::size_t length, Timeout timeout) override {
    return queue_->loan(length, timeout);
  }
  bool put_lent(detail::Lent* lent, Timeout timeout) override {
    return queue_->put_lent(lent, timeout);
  }
  std::unique_ptr<detail::Lent> get_view(Timeout timeout) override {
    return queue_->get_view(timeout);
  }
  std::size_t qsize() const noexcept override {
    return calls_.qsize ? calls_.qsize(*queue_) : queue_->qsize();
  }
  bool empty() const override { return calls_.empty ? calls_.empty(*queue_) : queue_->empty(); }
  bool full() const noexcept override {
    return calls_.full ? calls_.full(*queue_) : queue_->full();
  }
  void close() noexcept override { calls_.close ? calls_.close(*queue_) : queue_->close(); }
  void join_thread() override {
    calls_.join_thread ? calls_.join_thread(*queue_) : queue_->join_thread();
  }
  bool flushed() const noexcept override { return queue_->flushed(); }
  void cancel_join_thread() noexcept override {
    calls_.cancel_join_thread ? calls_.cancel_join_thread(*queue_) : queue_->cancel_join_thread();
  }
  void task_done() override { calls_.task_done ? calls_.task_done(*queue_) : queue_->task_done(); }
  bool join(Timeout timeout) override {
    return calls_.join ? calls_.join(*queue_, timeout) : queue_->join(timeout);
  }
  int fd() const override { return queue_->fd(); }
  Handle handle() const override { return queue_->handle(); }
  void send_over(int socket) const override { queue_->send_over(socket); }
  int descriptor() const noexcept override { return queue_->descriptor(); }

 private:
  std::unique_ptr<LocalQueue> queue_;
  const QueueCalls& calls_;
};

}  // namespace psq::faulty
