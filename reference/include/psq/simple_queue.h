// SimpleQueue<T>: an unbounded queue between processes, without a buffer and without a thread.
//
// Processes: share a queue by inheritance (create it, then fork), hand it to a program that is
// executed (psq/handle.h), give it a name (create_at), or send it through a socket (send_over). A
// process may die at any instruction; survivors go on. Processes that have a queue trust each
// other: each can overwrite its memory (SECURITY.md).
//
// Threads: any number of threads may call any methods at the same time.
//
// Lifetime: a queue has no name in the system, unless create_at gives it one. It takes one
// descriptor in each process that holds it, and the system frees it when the last of these
// processes drops it or ends.
//
// Order: strictly first in, first out, over all processes.
//
// Units: the channel takes items while it holds less than 240 KiB of them, so that one item of any
// length is always possible. A put waits while the channel has no room.
//
// Errors: a call that throws has changed nothing, unless its comment says otherwise.
//
// Clauses: simple-queue.order.fifo, simple-queue.item.sizes-intact, simple-queue.item.values-equal,
// simple-queue.item.null-is-an-item, simple-queue.exit.items-remain,
// failure.kill.simple-queue-what-arrives-is-whole, failure.kill.waiting-writer-harmless.

#pragma once

#include <memory>
#include <string>
#include <utility>

#include "psq/queue_base.h"

namespace psq {

// An unbounded queue between processes, as promised in psq/simple_queue.h. Movable, not copyable
// within a process; fork makes the copy of a child. It may be destroyed when no thread of this
// process uses it. Other processes keep their copies.
template <typename T>
class SimpleQueue : public QueueBase<T> {
  using Base = QueueBase<T>;

 public:
  // Creates an empty queue. Throws SystemError when the system has no memory or no descriptor left.
  SimpleQueue() : SimpleQueue(detail::QueueCore::create({.kind = detail::QueueKind::kSimple})) {}

  // Opens, in an executed program, the queue of an inherited handle (psq/handle.h). Each handle can
  // be opened once. Throws InvalidArgument, and leaves the descriptor alone, when the program has
  // not inherited such a queue, and when the token is of another minor version of psq or of another
  // word size: the error names both.
  [[nodiscard]] static SimpleQueue from_handle(const std::string& token) {
    return SimpleQueue(detail::QueueCore::open(detail::QueueKind::kSimple, token));
  }
  // Creates a queue that other programs find by a name in the file system, until the file is
  // removed; who may use it is the file's mode, whatever the umask. The file is the queue: it takes
  // its memory (about 1 MiB) at once, and a queue without a file (std::filesystem::remove) goes on
  // in the processes that have it. A queue outlives its processes, but not a new start of the
  // system. Best in memory, /dev/shm or /run; the file system has to know O_TMPFILE, as tmpfs,
  // ext4, XFS and Btrfs do. A user who can write to the folder can replace the file.
  // Throws as the constructor, and SystemError also when there is a file of this name.
  [[nodiscard]] static SimpleQueue create_at(const std::string& path, mode_t mode = 0600) {
    return SimpleQueue(
        detail::QueueCore::create_at(path, mode, {.kind = detail::QueueKind::kSimple}));
  }
  // Opens a queue of that name. Throws SystemError when there is none or this process may not read
  // and write it, and InvalidArgument when the file is no whole queue of this type and version.
  [[nodiscard]] static SimpleQueue open_at(const std::string& path) {
    return SimpleQueue(detail::QueueCore::open_at(detail::QueueKind::kSimple, path));
  }

  // Waits for a queue that was sent, and receives it. Throws, with nothing received,
  // NotDeserializable when something else comes next, and SystemError (EMFILE) when this process
  // has no descriptor free; EndOfStream; and InvalidArgument, with the queue lost, when it is of
  // another type or version.
  [[nodiscard]] static SimpleQueue receive_from(int socket) {
    return SimpleQueue(detail::QueueCore::receive_from(detail::QueueKind::kSimple, socket));
  }

  // Serializes the item, waits up to `timeout` for room, and writes the item to the channel. When
  // put returns, every process sees the item, and the item survives this process.
  // Throws Closed, NotSerializable or Full; the item is not put then.
  // Clauses: simple-queue.put.visible-on-return, simple-queue.put.survives-producer,
  // simple-queue.put.small-at-once, simple-queue.put.large-waits,
  // simple-queue.put.large-later-consumer, simple-queue.put.not-serializable,
  // simple-queue.put.visible-to-later-child.
  void put(const T& item, Timeout timeout = forever) {
    if (!this->try_put(item, timeout)) throw Full();
  }
  using Base::put;  // of a loan

  // Waits up to `timeout` for an item, and takes the oldest one.
  // Throws Closed (also when another thread of this process closes the queue during the wait),
  // Empty, NotDeserializable (the item is consumed) or Corrupted.
  // Clauses: simple-queue.get.waits-for-item, simple-queue.get.exactly-once,
  // simple-queue.get.all-served, simple-queue.get.not-deserializable.
  [[nodiscard]] T get(Timeout timeout = forever) { return this->got(timeout); }

  // Whether the channel holds no item now. Exact for items whose put has returned. Throws Closed.
  // Clauses: simple-queue.empty.exact.
  [[nodiscard]] bool empty() const { return this->core().empty(); }

  // From now on put, get and empty in this process throw Closed. Other processes and children
  // forked later keep a working queue. Idempotent. Clauses: simple-queue.close.operations-closed,
  // simple-queue.close.local, simple-queue.close.idempotent.
  void close() noexcept { this->core().close(); }

 private:
  explicit SimpleQueue(std::unique_ptr<detail::QueueCore> core) : Base(std::move(core)) {}
};

}  // namespace psq
