// SimpleQueue<T>: an unbounded queue between processes, without a buffer and without a thread.
//
// Processes: share a queue by inheritance: create it, then fork; or hand it to a program that is
// executed (psq/handle.h). It has no name, ends with the last process that holds it, and takes one
// descriptor in each. A process that dies at any instruction harms no other. Threads: every method
// may be called by any number of threads at the same time. Order: strictly first in, first out,
// over all processes. Room: about 256 KiB of items wait in the channel, and a put waits for room
// beyond that; an item may be longer and then needs a getter before its put returns. A call that
// throws has changed nothing, unless it says otherwise.
//
// Clauses: simple-queue.order.fifo, simple-queue.item.sizes-intact, simple-queue.item.values-equal,
// simple-queue.item.null-is-an-item, simple-queue.exit.items-remain,
// failure.kill.simple-queue-what-arrives-is-whole, failure.kill.waiting-writer-harmless.

#pragma once

#include <type_traits>
#include <utility>

#include "psq/codec.h"
#include "psq/queue_core.h"

namespace psq {

// Movable; a copy in another process is made by fork alone. It may be destroyed when no thread of
// this process uses it; the other processes keep theirs.
template <typename T>
class SimpleQueue {
 public:
  // Throws SystemError.
  SimpleQueue() : SimpleQueue(detail::QueueCore::create({.kind = detail::QueueKind::kSimple})) {}

  // In an executed program: the queue that a handle stands for; see psq/handle.h. Once a handle.
  // Throws InvalidArgument, with nothing taken, when the program has not inherited such a queue.
  [[nodiscard]] static SimpleQueue from_handle(const std::string& token) {
    return SimpleQueue(detail::QueueCore::open(detail::QueueKind::kSimple, token));
  }
  // For a program to be executed. Throws SystemError when there are no descriptors left.
  [[nodiscard]] Handle handle() const { return core_->handle(); }

  // Serializes the item, then writes it, waiting as long as there is no room. When it returns, the
  // item is visible to every process and survives this one.
  // Throws Closed, NotSerializable (nothing was put).
  // Clauses: simple-queue.put.visible-on-return, simple-queue.put.survives-producer,
  // simple-queue.put.small-at-once, simple-queue.put.large-waits,
  // simple-queue.put.large-later-consumer, simple-queue.put.not-serializable,
  // simple-queue.put.visible-to-later-child.
  void put(const T& item) {
    core_->check_open();
    detail::with_bytes(item, [&](std::string_view bytes) { (void)core_->put(bytes, forever); });
  }

  // Takes the oldest item, waiting as long as there is none.
  // Throws Closed (also when another thread of this process closes the queue meanwhile),
  // NotDeserializable (the item is consumed), Corrupted.
  // Clauses: simple-queue.get.waits-for-item, simple-queue.get.exactly-once,
  // simple-queue.get.all-served, simple-queue.get.not-deserializable.
  [[nodiscard]] T get() { return *try_get(forever); }

  // The same, but nothing when there is no item within the time.
  [[nodiscard]] std::optional<T> try_get(Timeout timeout = no_wait) {
    auto bytes = core_->get(timeout);
    if (!bytes) return std::nullopt;
    return detail::deserialize<std::remove_cv_t<T>>(std::move(*bytes));
  }

  // Whether nothing can be read now; exact for items whose put has returned.
  // Throws Closed. Clauses: simple-queue.empty.exact.
  [[nodiscard]] bool empty() const { return core_->empty(); }

  // No put, get or empty in this process from now on. Other processes keep a working queue, and so
  // do children forked later. Idempotent. Clauses: simple-queue.close.operations-closed,
  // simple-queue.close.local, simple-queue.close.idempotent.
  void close() noexcept { core_->close(); }

 private:
  explicit SimpleQueue(std::unique_ptr<detail::QueueCore> core) : core_(std::move(core)) {}

  std::unique_ptr<detail::QueueCore> core_;
};

}  // namespace psq
