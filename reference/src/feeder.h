// The buffer of a queue in one process, and the feeder: the thread that sends it to the channel.

#pragma once

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "psq/error.h"
#include "psq/interruptible.h"
#include "src/blocks.h"
#include "src/own_thread.h"
#include "src/probe.h"
#include "src/queue_memory.h"
#include "src/ready_signal.h"
#include "src/sanitizers.h"
#include "src/sure_send.h"

namespace psq::detail {

// What a process has of a queue for itself. A put starts the thread if there is none. The thread
// ends when the buffer is empty and the feeder is closed, or no put came for a while: so a process
// may have used many queues. Until then it keeps the feeder, the queue's memory and the process's
// record alive. Any thread may call any method.
class Feeder : public std::enable_shared_from_this<Feeder> {
 public:
  explicit Feeder(QueuePointer queue) : queue_(std::move(queue)) {}

  // In a forked child, whose threads do not use this feeder any more: it keeps the memory and the
  // descriptor no longer. (To the thread sanitizer the parent's threads still use it.)
  void let_go_of_queue() noexcept {
    if (kThreadSanitizer) return;
    queue_.reset();
    ready_->let_go();
  }

  // Counts an item, waiting for a slot until the deadline. Then it sends the item itself if no item
  // is before it and the channel has room, and leaves a copy to the thread otherwise. False: there
  // was no slot. Throws Closed, CountOverflow, and SystemError when no thread or no record can be
  // had.
  // `row`: null, or a row of this item alone (psq/batch.h), which it may take over and so copies
  // less.
  [[nodiscard]] bool put(const Message& item, Deadline deadline, std::string* row = nullptr) {
    int attempts = 0;
    const auto attempt = [&] { return try_put(item, row, attempts++, deadline); };
    const SlotPassedOn slot{*queue_};
    if (queue_->free_slot().wait(deadline, attempt, stop_)) return true;
    attempts = kEasyAttempts;
    return attempt();
  }

  // Whether a put would send its item itself if there is room, as far as can be known without
  // waiting.
  [[nodiscard]] bool sends_next() noexcept {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    return lock && has_nothing_before();
  }
  // What a put of an item of this size does first: gives those that may make room for it some time,
  // until the deadline at most.
  void wait_for_room(std::size_t size, Deadline deadline) {
    std::unique_lock lock(mutex_);
    yield_before(lock, size, deadline);
  }

  // As put, but never waits, starts no thread and yields to none. False, with no effect: it would
  // have to do any of these.
  [[nodiscard]] bool put_at_once(std::string_view item) {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock || thread_ == Thread::kNone || ending_ || yields_before(item.size())) return false;
    at("put-begun");
    if (queue_->try_take(producer_, false) == 0) return false;
    add(item, nullptr);
    return true;
  }

  // The same as put for a row of `count` items (psq/batch.h); returns how many were put. A call
  // that throws may have put the first ones.
  [[nodiscard]] std::size_t put_many(std::string_view row, std::size_t count, Deadline deadline) {
    std::size_t put = 0;
    int attempts = 0;
    const auto attempt = [&] {
      if (put < count) put += try_put_some(row, count - put, attempts++, deadline);
      return put == count;
    };
    const SlotPassedOn slot{*queue_};
    if (queue_->free_slot().wait(deadline, attempt, stop_)) return put;
    attempts = kEasyAttempts;
    (void)attempt();
    return put;
  }

  // Every later put and get throws Closed. Idempotent.
  void close() noexcept {
    const bool wakes = stop_.request();
    end();
    ready_->close();
    if (wakes) queue_->wake_all();
  }
  // Takes no item from now on; a put waits as if no slot were free.
  void end() noexcept {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    work_.notify_one();
  }

  // Call it after end, when the process has done all that it does at its end: no thread will send
  // what is buffered. Each later put sends its item itself, and waits until it is in the channel.
  void put_directly() noexcept {
    {
      const std::lock_guard lock(mutex_);
      directly_ = true;
    }
    if (stop_.has_sleepers()) queue_->wake_all();
  }

  // Of the waits for slots and items; closing is its request.
  [[nodiscard]] StopHere& stop() noexcept { return stop_; }
  [[nodiscard]] bool closed() const noexcept { return stop_.is_requested(); }

  // The descriptor of the queue in this process.
  [[nodiscard]] int descriptor() { return ready_->descriptor(queue_); }
  [[nodiscard]] ReadySignal& ready() noexcept { return *ready_; }

  // Call it after close or end. Waits until all items are in the channel, or until cancel_wait.
  void wait_flushed() {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [&] { return is_flushed(); });
  }
  // The same, but throws what the thread's Interruptible throws.
  void wait_flushed_or_interrupted() {
    if (!Interruptible::in_this_thread()) return wait_flushed();
    std::unique_lock lock(mutex_);
    while (!done_.wait_for(lock, kLookAgain, [&] { return is_flushed(); })) {
      lock.unlock();
      Interruptible::check();
      lock.lock();
    }
  }
  // Whether wait_flushed has nothing to wait for.
  [[nodiscard]] bool flushed() noexcept {
    const std::lock_guard lock(mutex_);
    return is_flushed();
  }

  // wait_flushed does not wait from now on.
  void cancel_wait() noexcept {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
    done_.notify_all();
  }

 private:
  enum class Thread { kNone, kBusy, kIdle };

  // A put that ends, in whatever way, may have been notified of more slots than it has taken.
  struct SlotPassedOn {
    ~SlotPassedOn() { queue.pass_on_slot(); }
    QueueMemory& queue;
  };

  // A put that needs a new block while this much is buffered lets the thread catch up.
  static constexpr std::size_t kPlenty = std::size_t{512} << 10;

  // So long a byte may a put wait before its item goes into the buffer: about what new memory there
  // and the copies cost. Not so long that a close or a signal has to end the wait.
  static constexpr std::chrono::nanoseconds kPatience{2};
  static constexpr std::chrono::nanoseconds kMostPatience = kLookAgain;

  // A thread that has nothing to send for so long ends: threads that wait make each fork slower.
  static constexpr std::chrono::seconds kIdle{1};

  // The first attempts of a put, before it first sleeps, look for a free slot alone.
  static constexpr int kEasyAttempts = 2;

  [[nodiscard]] bool is_flushed() const noexcept { return thread_ == Thread::kNone || cancelled_; }

  // One attempt of a put. The first attempt yields; from attempt kEasyAttempts on, and in the last
  // one, a put also reclaims slots of dead processes.
  bool try_put(const Message& item, std::string* row, int attempt, Deadline deadline) {
    std::unique_lock lock(mutex_);
    if (attempt == 0) yield_before(lock, item.bytes.size(), deadline);
    const Way way = way_of();
    if (way == Way::kAlone) {
      lock.unlock();
      return put_alone(item, attempt >= kEasyAttempts);
    }
    if (way == Way::kNone || queue_->try_take(producer_, attempt >= kEasyAttempts) == 0)
      return false;
    add(item, row);
    return true;
  }

  // The same for the first items of a row, which it removes. Returns how many were put.
  std::size_t try_put_some(std::string_view& row, std::size_t count, int attempt,
                           Deadline deadline) {
    std::unique_lock lock(mutex_);
    const std::string_view first = first_of(row);
    if (attempt == 0) yield_before(lock, first.size(), deadline);
    const Way way = way_of();
    if (way == Way::kNone) return 0;
    if (way == Way::kAlone) {
      lock.unlock();
      if (!put_alone(first, attempt >= kEasyAttempts)) return 0;
      row = without_first(row);
      return 1;
    }
    const std::uint32_t taken = queue_->try_take(producer_, attempt >= kEasyAttempts, count);
    add_some(row, taken);
    return taken;
  }

  // How an item can be put, before it has a slot.
  enum class Way { kByThread, kAlone, kNone };
  Way way_of() {
    if (thread_ == Thread::kNone && !ending_) start();
    if (closed()) throw Closed("queue");
    const bool ends_alone = directly_ && thread_ == Thread::kNone;
    if (altered("put.directly", ends_alone)) return Way::kAlone;
    if (ending_ && (ends_alone || !directly_)) return Way::kNone;
    at("put-begun");
    return Way::kByThread;
  }

  // Without the thread, so with a record of its own. A put that waits for room holds up no other.
  bool put_alone(const Message& item, bool closely) {
    const Producer producer = queue_->records().enter(queue_->channel());
    const std::shared_ptr<void> leaves(nullptr, [&](void*) { queue_->records().leave(producer); });
    if (queue_->try_take(producer, closely) == 0) return false;
    try {
      queue_->channel().send(queue_.memory(), item, producer);
    } catch (...) {
      queue_->take_back(producer);
      throw;
    }
    return true;
  }

  void add(const Message& item, std::string* row) {
    try {
      if (altered("item.sent-at-once", has_nothing_before()) &&
          queue_->channel().try_send(queue_.memory(), item, producer_))
        return;
      if (row != nullptr && row->size() > Blocks::kBlock)
        buffer_.append_row(std::move(*row));
      else
        buffer_.append(item.bytes);
      tell_thread();
    } catch (...) {
      queue_->take_back(producer_);
      throw;
    }
  }

  // The first `count` items of a row, which it removes.
  void add_some(std::string_view& row, std::uint32_t count) {
    std::uint32_t left = count;
    try {
      bool nothing_before = has_nothing_before();
      while (left > 0 && nothing_before) {
        const auto sent = queue_->channel().try_send_some(queue_.memory(), row, left, producer_);
        left -= static_cast<std::uint32_t>(sent);
        nothing_before = sent > 0;
      }
      for (; left > 0; --left) {
        buffer_.append(first_of(row));
        tell_thread();
        row = without_first(row);
      }
    } catch (...) {
      queue_->take_back(producer_, left);
      throw;
    }
  }

  // Whether no item is in the buffer or with the thread.
  [[nodiscard]] bool has_nothing_before() const noexcept {
    return thread_ == Thread::kIdle && buffer_.empty();
  }

  // That an item was buffered.
  void tell_thread() {
    at("item-buffered");
    if (thread_ == Thread::kIdle) work_.notify_one();
  }

  // Whether a put of an item of this size lets the feeder catch up.
  [[nodiscard]] bool yields_before(std::size_t size) const noexcept {
    return buffer_.bytes() > kPlenty && !buffer_.fits(size);
  }

  // With much in the buffer, lets the thread catch up; before a long item, with all of it. With
  // nothing before a long item, lets a consumer make room: an item that goes through the buffer is
  // copied twice more, and so are those that follow it meanwhile.
  void yield_before(std::unique_lock<std::mutex>& lock, std::size_t size, Deadline deadline) {
    Channel& channel = queue_->channel();
    const bool is_long = !channel.is_short(size);
    if ((!is_long && !yields_before(size)) || deadline.has_passed()) return;
    const auto bytes = static_cast<std::int64_t>(std::max(size, Blocks::kBlock));
    const Deadline end = deadline.within(std::min(kMostPatience, kPatience * bytes));
    if (yields_before(size)) {
      caught_up_.wait_until(lock, end.at(), [&] {
        return ending_ || (is_long ? has_nothing_before() : buffer_.bytes() <= kPlenty);
      });
    }
    if (!is_long || ending_ || !has_nothing_before() || queue_->all_slots_in_use()) return;
    lock.unlock();
    channel.await_room(queue_.memory(), end);
    lock.lock();
  }

  // Starts the thread and waits until it has a record. If it cannot have one, there is no thread.
  void start() {
    std::promise<Producer> entered;
    auto producer = entered.get_future();
    if (!start_own_thread([self = shared_from_this(), entered = std::move(entered)]() mutable {
          self->run(std::move(entered));
        })) {
      throw SystemError("cannot start the feeder thread of a queue", EAGAIN);
    }
    producer_ = producer.get();
    thread_ = Thread::kIdle;  // Nothing is before the put that starts it.
  }

  void run(std::promise<Producer> entered) {
    Producer producer = 0;
    try {
      producer = queue_->records().enter(queue_->channel());
    } catch (...) {
      return entered.set_exception(std::current_exception());
    }
    entered.set_value(producer);
    Blocks batch;
    while (next_batch(batch)) {
      for (const std::string& row : batch.rows()) {
        auto left = altered("batch", std::string_view(row), *this);
        while (!left.empty()) {
          send_some_surely(queue_, left, producer);
          at("some-sent");
        }
      }
    }
    queue_->records().leave(producer);
    queue_->channel().give_back_unused(queue_.memory());
  }

  // Exchanges the buffer for a batch that was sent; waits for items. False: there is no item, and
  // the calling thread is not the feeder's any more.
  bool next_batch(Blocks& batch) {
    batch.clear();
    std::unique_lock lock(mutex_);
    thread_ = Thread::kIdle;
    if (buffer_.empty()) caught_up_.notify_all();
    const auto has_work = [&] { return !buffer_.empty() || ending_; };
    // The end of the thread gives memory back, so it comes after the last long item.
    while (!work_.wait_for(lock, kIdle, has_work) &&
           queue_->channel().extents().keep_used_memory()) {
    }
    thread_ = Thread::kBusy;
    std::swap(batch, buffer_);
    caught_up_.notify_all();
    at("batch-taken");
    if (!batch.empty()) return true;
    thread_ = Thread::kNone;
    done_.notify_all();
    return false;
  }

  QueuePointer queue_;
  const std::shared_ptr<ReadySignal> ready_ = std::make_shared<ReadySignal>();
  std::mutex mutex_;  // Guards everything below but stop_.
  std::condition_variable work_;
  std::condition_variable done_;
  std::condition_variable caught_up_;
  Thread thread_ = Thread::kNone;
  Producer producer_ = 0;
  Blocks buffer_;
  bool cancelled_ = false;
  bool ending_ = false;
  bool directly_ = false;
  StopHere stop_;
};

}  // namespace psq::detail
