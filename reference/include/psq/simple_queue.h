// SimpleQueue<T>: an unbounded queue between processes, without a buffer and without a thread.
//
// Processes: share a queue by inheritance: create it, then fork. Nothing names it; it is gone when
// the last process that holds it is. Threads: every method may be called by any number of threads
// at the same time. Order: strictly first in, first out, over all processes.

#ifndef PSQ_SIMPLE_QUEUE_H_
#define PSQ_SIMPLE_QUEUE_H_

#include <memory>
#include <string>
#include <type_traits>

#include "psq/codec.h"

namespace psq {
namespace detail {

// The queue of serialized items beneath SimpleQueue<T>; src/simple_queue.cc.
class SimpleQueueCore {
 public:
  SimpleQueueCore();
  ~SimpleQueueCore();
  SimpleQueueCore(const SimpleQueueCore&) = delete;
  SimpleQueueCore& operator=(const SimpleQueueCore&) = delete;

  void check_open() const;
  void put(const std::string& item);
  std::string get();
  bool empty() const;
  void close() noexcept;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace detail

// Movable; a copy in another process is made by fork alone. It may be destroyed when no thread of
// this process uses it; the other processes keep theirs.
template <typename T>
class SimpleQueue {
 public:
  SimpleQueue() : core_(std::make_unique<detail::SimpleQueueCore>()) {}

  // Serializes the item, then writes it, waiting as long as there is no room. When it returns, the
  // item is visible to every process and survives this one.
  // Throws Closed, NotSerializable (nothing was put).
  void put(const T& item) {
    core_->check_open();
    detail::with_bytes(item, [&](const std::string& bytes) { core_->put(bytes); });
  }

  // Takes the oldest item, waiting as long as there is none.
  // Throws Closed (also when another thread of this process closes the queue meanwhile),
  // NotDeserializable (the item is consumed).
  [[nodiscard]] T get() { return detail::deserialize<std::remove_cv_t<T>>(core_->get()); }

  // Whether nothing can be read at this moment; exact for items whose put has returned.
  // Throws Closed.
  [[nodiscard]] bool empty() const { return core_->empty(); }

  // No put, get or empty in this process from now on. Other processes keep a working queue, and so
  // do children forked later. Idempotent.
  void close() noexcept { core_->close(); }

 private:
  std::unique_ptr<detail::SimpleQueueCore> core_;
};

}  // namespace psq

#endif  // PSQ_SIMPLE_QUEUE_H_
