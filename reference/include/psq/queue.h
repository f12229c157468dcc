// Queue<T>: a queue between processes, with an optional bound. A put waits for a free slot and for
// nothing else: a thread of the putting process, the feeder, moves items from a buffer in that
// process to the channel that all processes share. (While more than half a MiB is buffered, a put
// lets the feeder catch up for at most 2 ns a byte, about the cost of new memory.)
//
// Processes: share a queue by inheritance: create it, then fork; or hand it to a program that is
// executed (psq/handle.h). It has no name, ends with the last process that holds it, and takes one
// descriptor in each. A process that dies at any instruction harms no other: what it had not made
// visible is lost, its slots and tasks come back. Threads: every method may be called by
// any number of threads at the same time; a method that waits holds up no other. Order: the items
// of one process are received in the order of its puts; nothing is promised between the items of
// different processes. Units: sizes and bounds are numbers of items; an item may have any length
// that memory allows. A call that throws has changed nothing, unless it says otherwise.
//
// Clauses: queue.order.per-producer, queue.order.threads-of-one-producer, queue.many-to-many,
// queue.item.sizes-intact, queue.item.values-equal, queue.item.none-is-an-item, queue.wait.mutual,
// failure.kill.idle-holder-harmless, failure.kill.what-arrives-is-whole,
// failure.kill.unflushed-slots.

#pragma once

#include <type_traits>
#include <utility>

#include "psq/codec.h"
#include "psq/queue_core.h"

namespace psq {

struct QueueOptions {
  std::int64_t maxsize = 0;  // Number of items; zero or less: no configured bound.
};

// Movable; a copy in another process is made by fork alone. The child's copy starts with an empty
// buffer, open, with no feeder. The destructor does what close and join_thread do (only close after
// cancel_join_thread); no thread of this process may use the queue by then. A queue that was moved
// from can only be destroyed or assigned to.
//
// Clauses: queue.fork.buffered-once, queue.drop.flushes, queue.exit.flushes,
// queue.exit.creator-flushes, process.objects.every-type.
template <typename T>
class Queue {
 public:
  // Throws InvalidArgument when maxsize is above kMaxSize, SystemError when there is no memory or
  // no descriptor left.
  // Clauses: queue.create.unbounded, queue.create.bound, queue.create.largest-accepted,
  // queue.create.too-large-refused, queue.create.bound-among-producers.
  explicit Queue(QueueOptions options = {})
      : Queue(detail::QueueCore::create({.maxsize = options.maxsize})) {}

  // In an executed program: the queue that a handle stands for; see psq/handle.h. Once a handle.
  // Throws InvalidArgument, with nothing taken, when the program has not inherited such a queue.
  [[nodiscard]] static Queue from_handle(const std::string& token) {
    return Queue(detail::QueueCore::open(detail::QueueKind::kPlain, token));
  }
  // For a program to be executed. Throws SystemError when there are no descriptors left.
  [[nodiscard]] Handle handle() const { return core_->handle(); }

  // Serializes the item, takes a slot, waiting for one as long as `timeout` says, and leaves the
  // item to the feeder. The slot is free again when a get has read the item.
  // Throws Closed, NotSerializable, Full; the item is not put then. Closed comes first, then
  // NotSerializable: a full queue is no reason to wait for the one or the other.
  // Clauses: queue.put.returns-without-consumer, queue.put.blocks-when-full,
  // queue.put.full-after-timeout, queue.put.full-at-once, queue.put.slot-within-timeout,
  // queue.put.full-leaves-no-trace, queue.put.all-waiting-served, queue.close.put-closed,
  // queue.item.unserializable-frees-slot.
  void put(const T& item, Timeout timeout = forever) {
    if (!try_put(item, timeout)) throw Full();
  }

  // The same, but false instead of Full: the item is not put then.
  [[nodiscard]] bool try_put(const T& item, Timeout timeout = no_wait) {
    core_->check_open();
    return detail::with_bytes(item,
                              [&](std::string_view bytes) { return core_->put(bytes, timeout); });
  }

  // Takes the oldest item in the channel, waiting for one as long as `timeout` says. The timeout is
  // for the wait: reading an item that is longer than the channel is not cut short.
  // Throws Closed (also when another thread of this process closes the queue meanwhile), Empty,
  // NotDeserializable (the item is consumed, its slot free), Corrupted.
  // Clauses: queue.get.waits-for-item, queue.get.empty-after-timeout, queue.get.empty-at-once,
  // queue.get.item-within-timeout, queue.get.exactly-once, queue.get.all-waiting-served,
  // queue.get.no-end-of-stream, queue.get.not-deserializable, queue.close.get-closed,
  // queue.close.waiting-get.
  [[nodiscard]] T get(Timeout timeout = forever) {
    auto bytes = core_->get(timeout);
    if (!bytes) throw Empty();
    return detail::deserialize<std::remove_cv_t<T>>(std::move(*bytes));
  }

  // The same, but nothing instead of Empty.
  [[nodiscard]] std::optional<T> try_get(Timeout timeout = no_wait) {
    auto bytes = core_->get(timeout);
    if (!bytes) return std::nullopt;
    return detail::deserialize<std::remove_cv_t<T>>(std::move(*bytes));
  }

  // Number of slots taken: items put and not yet read, buffered ones of all processes included.
  // Other processes may change it before the caller looks at it. Answers after close, too, as do
  // empty and full.
  // Clauses: queue.qsize.counts-slots, queue.close.state.
  [[nodiscard]] std::size_t qsize() const noexcept { return core_->qsize(); }

  // Whether nothing can be read from the channel now. Buffered items do not count, so that it may
  // be true directly after a put. A get without waiting that follows may find nothing although this
  // was false: another consumer was faster. Clauses: queue.empty.at-rest,
  // queue.get.visibility-delay.
  [[nodiscard]] bool empty() const noexcept { return core_->empty(); }

  // Whether no slot is free now; it may be true while empty() is. Clauses:
  // queue.full.at-bound, queue.full.while-empty.
  [[nodiscard]] bool full() const noexcept { return core_->full(); }

  // No put and no get in this process from now on; what was put will still be moved to the channel.
  // Other processes keep a working queue, and so do children forked later. Idempotent.
  // Clauses: queue.close.idempotent, queue.close.local, queue.close.flushes,
  // queue.close.all-threads.
  void close() noexcept { core_->close(); }

  // Waits until all that this process put is in the channel; returns at once when it put nothing or
  // after cancel_join_thread. Throws NotStarted before close.
  // Clauses: queue.join-thread.waits-for-flush, queue.join-thread.before-close,
  // queue.join-thread.nothing-put, queue.join-thread.repeatable.
  void join_thread() { core_->join_thread(); }

  // Neither join_thread nor the end of the process waits for the feeder from now on; items that are
  // still in the buffer when the process ends are lost. Clauses:
  // queue.cancel-join-thread.exit-does-not-wait, queue.cancel-join-thread.any-time,
  // queue.cancel-join-thread.join-thread-does-not-wait.
  void cancel_join_thread() noexcept { core_->cancel_join_thread(); }

 protected:
  explicit Queue(std::unique_ptr<detail::QueueCore> core) : core_(std::move(core)) {}
  [[nodiscard]] detail::QueueCore& core() const noexcept { return *core_; }

 private:
  std::unique_ptr<detail::QueueCore> core_;
};

}  // namespace psq
