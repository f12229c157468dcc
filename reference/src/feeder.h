// The buffer of a queue in one process, and the thread that empties it into the channel.

#ifndef PSQ_SRC_FEEDER_H_
#define PSQ_SRC_FEEDER_H_

#include <atomic>
#include <condition_variable>
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

  // A put in progress, from before its item is counted in the account until it is in the buffer or
  // given back: so long the account stays open.
  class Put {
   public:
    // Throws Closed, and SystemError when the thread can not be started.
    explicit Put(Feeder& feeder);
    ~Put() { --feeder_.puts_; }
    Put(const Put&) = delete;
    Put& operator=(const Put&) = delete;

    [[nodiscard]] Accounts::Id account() const noexcept { return feeder_.account_; }
    // Sends the item at once if nothing is before it and nothing in the way, and otherwise appends
    // it to the buffer. False, with no effect: the feeder is closed.
    [[nodiscard]] bool add(std::string_view item) { return feeder_.add(item); }

   private:
    Feeder& feeder_;
  };

  // No items from now on. Idempotent.
  void close() noexcept;
  [[nodiscard]] const std::atomic<bool>& closed() const noexcept { return closed_; }

  // To be called after close: waits until all items are in the channel, or until cancel_wait.
  void wait_flushed();
  // wait_flushed does not wait, from now on.
  void cancel_wait() noexcept;
  // For a fault: loses what is in the buffer.
  void fault_lose() noexcept {
    const std::lock_guard lock(mutex_);
    buffer_.clear();
  }
  // For a fault: in a forked child, goes on with what the parent had buffered.
  void fault_forget_thread() noexcept { started_ = entered_ = false; }

 private:
  using Blocks = std::vector<std::string>;  // Each of them items, each after its length.

  bool add(std::string_view item);
  void start();
  void run();
  bool enter();
  std::string& block_for(std::size_t size);
  bool next_batch(Blocks& batch);
  void recycle(std::string& block);
  void send_all(const std::string& batch);
  void fault_send_all(std::string_view batch);
  void finish();

  const std::shared_ptr<QueueMemory> queue_;
  std::atomic<bool> entered_{false};  // From then on account_ is known.
  Accounts::Id account_ = 0;
  std::atomic<int> puts_{0};
  std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable done_;
  std::condition_variable caught_up_;
  Blocks buffer_;             // Few blocks of memory beat many, and one that has to grow.
  std::size_t buffered_ = 0;  // Bytes in the buffer and in the batch that is being sent.
  Blocks spare_;
  std::size_t spare_size_ = 0;
  bool started_ = false;
  bool idle_ = false;  // The thread waits for items, and has none.
  bool finished_ = false;
  bool cancelled_ = false;
  std::atomic<bool> closed_{false};  // Written under the mutex.
};

}  // namespace psq::detail

#endif  // PSQ_SRC_FEEDER_H_
