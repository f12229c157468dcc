// The buffer of a queue in one process, and the thread that empties it into the channel.

#ifndef PSQ_SRC_FEEDER_H_
#define PSQ_SRC_FEEDER_H_

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "src/channel.h"

namespace psq::detail {

// All that a process has of a queue for itself. The thread is started by the first item, ends when
// the feeder is closed and the buffer is empty, and keeps the feeder and the channel alive until
// then. Any thread may call any method.
class Feeder : public std::enable_shared_from_this<Feeder> {
 public:
  explicit Feeder(std::shared_ptr<Channel> channel) : channel_(std::move(channel)) {}

  // Appends an item to the buffer. False, with no effect: the feeder is closed. Throws SystemError,
  // with no effect, when the thread can not be started.
  [[nodiscard]] bool add(const std::string& item);

  // No items from now on. Idempotent.
  void close() noexcept;
  [[nodiscard]] const std::atomic<bool>& closed() const noexcept { return closed_; }

  // To be called after close: waits until all items are in the channel, or until cancel_wait.
  void wait_flushed();
  // wait_flushed does not wait, from now on.
  void cancel_wait() noexcept;
  // For a fault: in a forked child, goes on with what the parent had buffered.
  void fault_forget_thread() noexcept { started_ = false; }

 private:
  void start();
  void run();
  bool next_batch(std::string& batch);
  void send_all(const std::string& batch);

  const std::shared_ptr<Channel> channel_;
  std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable done_;
  std::string buffer_;  // Each item after its length. One block of memory beats many.
  bool started_ = false;
  bool finished_ = false;
  bool cancelled_ = false;
  std::atomic<bool> closed_{false};  // Written under the mutex.
};

}  // namespace psq::detail

#endif  // PSQ_SRC_FEEDER_H_
