// A descriptor that is readable while a get would find something, for event loops.
//
// A descriptor belongs to one process, and no other process can make it readable. So each process
// that asks for one has a thread that waits in shared memory, as a get does but without taking
// anything, and keeps an eventfd of the process in step with the channel. The death of another
// process cannot leave it wrong: as every waiter, the thread looks again by itself.

#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "psq/error.h"
#include "src/own_descriptor.h"
#include "src/own_thread.h"
#include "src/queue_memory.h"

namespace psq::detail {

// Of one queue in one process. The first call of descriptor starts the thread, which ends soon
// after close. Any thread may call any method.
class ReadySignal : public std::enable_shared_from_this<ReadySignal> {
 public:
  // The same in each call. Throws SystemError.
  [[nodiscard]] int descriptor(const QueuePointer& queue) {
    std::unique_lock lock(mutex_);
    if (is_used_) return event_.get();
    event_ = own_descriptor(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (event_.get() < 0) throw SystemError("cannot make a descriptor of a queue", errno);
    if (!queue_) queue_ = queue;
    if (!start_own_thread([self = shared_from_this()] { self->run(); })) {
      throw SystemError("cannot start the thread of a queue's descriptor", EAGAIN);
    }
    is_used_ = true;
    show_state();
    return event_.get();
  }

  // Brings the descriptor in step. Call it after a get, so that no caller finds it readable by an
  // item that its own process has taken.
  void update() noexcept {
    if (!is_used_) return;
    const std::lock_guard lock(mutex_);
    show_state();
  }

  // The queue is closed in this process: a get ends at once, so the descriptor is readable.
  void close() noexcept {
    is_closed_ = true;
    update();
    wake();
  }

  // Closes the descriptor. Call it after close.
  void end() noexcept {
    const std::lock_guard lock(mutex_);
    event_ = Descriptor();
  }

  // In a forked child, which has neither the thread nor the parent's descriptor in step: gives up
  // what it has of the queue. No thread of the child uses this object any more.
  void let_go() noexcept {
    if (!is_used_) return;
    queue_.reset();
    event_ = Descriptor();
  }

 private:
  void run() noexcept {
    Channel& channel = (*queue_)->channel();
    while (!is_closed_) {
      channel.wait_for_change(is_readable_, is_closed_);
      update();
    }
  }

  void wake() noexcept {
    if (is_used_) (*queue_)->channel().wake_watchers();
  }

  // With the lock held.
  void show_state() noexcept {
    const bool readable = is_closed_ || !(*queue_)->channel().empty();
    if (readable == is_readable_) return;
    eventfd_t count = 1;
    (void)(readable ? eventfd_write(event_.get(), count) : eventfd_read(event_.get(), &count));
    is_readable_ = readable;
  }

  std::mutex mutex_;
  Descriptor event_;
  std::optional<QueuePointer> queue_;
  std::atomic<bool> is_used_{false};
  std::atomic<bool> is_readable_{false};
  std::atomic<bool> is_closed_{false};
};

}  // namespace psq::detail
