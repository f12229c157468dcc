// The buffer of a queue in one process, and the thread that empties it into the channel.

#pragma once

#include <atomic>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "src/queue_memory.h"

namespace psq::detail {

// All that a process has of a queue for itself. The thread is started by the first put, ends when
// the feeder is closed and the buffer is empty, and keeps the feeder and the queue's memory alive
// until then. With it lives the process's account. Any thread may call any method.
class Feeder : public std::enable_shared_from_this<Feeder> {
 public:
  explicit Feeder(std::shared_ptr<QueueMemory> queue) : queue_(std::move(queue)) {}

  // Counts an item, waiting for a slot until the deadline; then sends it at once if nothing is
  // before it and nothing in the way, and leaves it to the thread otherwise. False: there was no
  // slot. Throws Closed, CountOverflow, and SystemError when there can be no thread or no account.
  [[nodiscard]] bool put(std::string_view item, Deadline deadline);

  // No items from now on. Idempotent.
  void close() noexcept;
  [[nodiscard]] const std::atomic<bool>& closed() const noexcept { return closed_; }

  // To be called after close: waits until all items are in the channel, or until cancel_wait.
  void wait_flushed();
  // wait_flushed does not wait, from now on.
  void cancel_wait() noexcept;

 private:
  friend struct FaultSeams;

  enum class Thread { kNone, kBusy, kIdle, kFinished };
  // Few blocks of memory beat many, and one that has to grow. Each holds items, each after its
  // length. Those that are not used are kept for the next items.
  struct Blocks {
    std::vector<std::string> all;
    std::size_t used = 0;
  };

  bool try_put(std::string_view item, bool closely);
  void add(std::string_view item);
  void buffer(std::string_view item);
  [[nodiscard]] bool fits(std::size_t size) const noexcept;
  void start();
  void run(std::promise<Writer> entered);
  bool next_batch(Blocks& batch);

  const std::shared_ptr<QueueMemory> queue_;
  std::mutex mutex_;  // Of all that follows, but for closed_, which is only written under it.
  std::condition_variable work_;
  std::condition_variable done_;
  std::condition_variable caught_up_;
  Thread thread_ = Thread::kNone;
  Writer account_ = 0;
  Blocks buffer_;
  std::size_t buffered_ = 0;  // Bytes in it.
  bool cancelled_ = false;
  std::atomic<bool> closed_{false};
};

}  // namespace psq::detail
