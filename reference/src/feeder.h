// The buffer of a queue in one process, and the thread that empties it into the channel.

#pragma once

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "psq/error.h"
#include "src/probe.h"
#include "src/queue_memory.h"
#include "src/sanitizers.h"

namespace psq::detail {

// All that a process has of a queue for itself. The thread is started by the first put, ends when
// the feeder is closed and the buffer is empty, and keeps the feeder and the queue's memory alive
// until then. With it lives the process's account. Any thread may call any method.
class Feeder : public std::enable_shared_from_this<Feeder> {
 public:
  explicit Feeder(std::shared_ptr<QueueMemory> queue) : queue_(std::move(queue)) {}

  // In a forked child, for a feeder in place of this one, which nobody there uses any more. (The
  // thread sanitizer thinks that the parent's threads do.)
  [[nodiscard]] std::shared_ptr<QueueMemory> give_up_queue() noexcept {
    return kThreadSanitizer ? queue_ : std::move(queue_);
  }

  // Counts an item, waiting for a slot until the deadline; then sends it at once if nothing is
  // before it and nothing in the way, and leaves it to the thread otherwise. False: there was no
  // slot. Throws Closed, CountOverflow, and SystemError when there can be no thread or no account.
  [[nodiscard]] bool put(std::string_view item, Deadline deadline) {
    int looks = 0;
    const auto look = [&] { return try_put(item, looks++); };
    if (queue_->free_slot().wait(deadline, look)) return true;

    looks = FutexEvent::kYields;
    return look();
  }

  // No calls from now on. Idempotent.
  void close() noexcept {
    closed_ = true;
    end();
  }
  // No items from now on, without a word to anybody: a put waits as if there was no slot.
  void end() noexcept {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    work_.notify_one();
  }

  [[nodiscard]] const std::atomic<bool>& closed() const noexcept { return closed_; }

  // To be called after close or end: waits until all items are in the channel, or until
  // cancel_wait.
  void wait_flushed() {
    std::unique_lock lock(mutex_);
    const auto flushed = [&] { return thread_ == Thread::kNone || cancelled_; };

    done_.wait(lock, flushed);
  }

  // wait_flushed does not wait, from now on.
  void cancel_wait() noexcept {
    const std::lock_guard lock(mutex_);

    cancelled_ = true;
    done_.notify_all();
  }

 private:
  enum class Thread { kNone, kBusy, kIdle };
  // Few blocks of memory beat many, and one that has to grow. Each holds items, each after its
  // length. Those that are not used are kept for the next items.
  struct Blocks {
    std::vector<std::string> all;
    std::size_t used = 0;
  };

  // Blocks of the buffer have room for so much, or for one item. So much of them is kept: memory
  // that has to come from the system costs more than the copy into it.
  static constexpr std::size_t kBlock = std::size_t{60} << 10;
  static constexpr std::size_t kMostKept = std::size_t{6} << 20;

  // A put that needs a new block while plenty is buffered lets the feeder catch up, for 2 ns a
  // byte and no longer: about as much as new memory for the block would cost.
  static constexpr std::size_t kPlenty = std::size_t{512} << 10;

  // The first look gives the feeder its moment; who is about to sleep or to give up looks closely,
  // at the dead as well.
  bool try_put(std::string_view item, int look) {
    std::unique_lock lock(mutex_);
    if (thread_ == Thread::kNone && !ending_) start();
    if (look == 0 && buffered_ > kPlenty && !fits(item.size())) {
      caught_up_.wait_for(lock, std::chrono::nanoseconds(2 * std::max(item.size(), kBlock)),
                          [&] { return buffered_ <= kPlenty || ending_; });
    }
    if (closed_) throw Closed("queue");
    if (ending_) return false;
    at("put-begun");
    if (!queue_->try_take(writer_, look >= FutexEvent::kYields)) return false;
    add(item);
    return true;
  }

  void add(std::string_view item) {
    try {
      const bool nothing_before = thread_ == Thread::kIdle && buffer_.used == 0;
      if (!altered("item.sent-at-once", nothing_before) ||
          !queue_->channel().try_send(item, writer_))
        buffer(item);
    } catch (...) {
      queue_->take_back(writer_);
      throw;
    }
  }

  // To the end of the last block, or of a new one behind it.
  void buffer(std::string_view item) {
    const std::size_t length = item.size();
    if (!fits(length)) {
      if (buffer_.used == buffer_.all.size()) buffer_.all.emplace_back();
      buffer_.all[buffer_.used].reserve(std::max(sizeof length + length, kBlock));
      ++buffer_.used;
    }
    std::string& block = buffer_.all[buffer_.used - 1];
    block.append(reinterpret_cast<const char*>(&length), sizeof length);
    block.append(item);
    buffered_ += sizeof length + length;
    at("item-buffered");
    if (thread_ == Thread::kIdle) work_.notify_one();
  }

  [[nodiscard]] bool fits(std::size_t length) const noexcept {
    if (buffer_.used == 0) return false;
    const std::string& block = buffer_.all[buffer_.used - 1];
    return block.capacity() - block.size() >= sizeof length + length;
  }

  // Starts the thread, and waits until it has an account. If it can have none, there is no thread.
  void start() {
    // Signals are for the program's own threads: a new one inherits the mask.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    std::promise<Writer> entered;
    auto writer = entered.get_future();
    pthread_sigmask(SIG_SETMASK, &all, &before);
    try {
      std::thread(&Feeder::run, shared_from_this(), std::move(entered)).detach();
    } catch (...) {  // There is no thread to be had, or no memory for it.
      pthread_sigmask(SIG_SETMASK, &before, nullptr);
      throw SystemError("cannot start the feeder thread of a queue", EAGAIN);
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    writer_ = writer.get();
    thread_ = Thread::kBusy;
  }

  void run(std::promise<Writer> entered) {
    Writer writer = 0;
    try {
      writer = queue_->records().enter(queue_->channel());
    } catch (...) {
      return entered.set_exception(std::current_exception());
    }
    entered.set_value(writer);
    Blocks batch;
    while (next_batch(batch)) {
      for (std::size_t i = 0; i < batch.used; ++i) {
        auto left = altered("batch", std::string_view(batch.all[i]), *this);

        while (!left.empty()) {
          left.remove_prefix(queue_->channel().send_some(left, writer));
          at("some-sent");
        }
      }
    }
    {
      const std::lock_guard lock(mutex_);
      thread_ = Thread::kNone;

      done_.notify_all();
    }
    queue_->records().leave(writer);
  }

  // Exchanges the buffer for a batch that was sent, waiting for items. False: there are none and
  // there will be none.
  bool next_batch(Blocks& batch) {
    std::size_t kept = 0;
    std::erase_if(batch.all, [&](std::string& block) {
      block.clear();
      return (kept += block.capacity()) > kMostKept;
    });
    batch.used = 0;
    std::unique_lock lock(mutex_);
    thread_ = Thread::kIdle;
    work_.wait(lock, [&] { return buffer_.used > 0 || ending_; });
    thread_ = Thread::kBusy;
    std::swap(batch, buffer_);
    buffered_ = 0;
    caught_up_.notify_all();
    at("batch-taken");
    return batch.used > 0;
  }

  std::shared_ptr<QueueMemory> queue_;
  std::mutex mutex_;  // Of all that follows, but for closed_.
  std::condition_variable work_;
  std::condition_variable done_;
  std::condition_variable caught_up_;
  Thread thread_ = Thread::kNone;
  Writer writer_ = 0;
  Blocks buffer_;
  std::size_t buffered_ = 0;  // Bytes in it.
  bool cancelled_ = false;
  bool ending_ = false;
  std::atomic<bool> closed_{false};
};

}  // namespace psq::detail
