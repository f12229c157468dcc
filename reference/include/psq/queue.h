// Queue<T>: a queue between processes, with an optional bound, whose put waits only for a free
// slot. Items that cannot go directly to the shared channel wait in a buffer of the producing
// process. The feeder, a thread of that process, moves them to the channel. (While the buffer holds
// more than 512 KiB, a put yields to the feeder; and one of more than 16 KiB that has nothing
// before it, and finds the channel full, yields to a reader. It does so for at most 2 ns a byte,
// which is about what new memory for the item and its copies cost; never for longer than 50 ms or
// than its timeout. A put that may not wait does not.)
//
// Processes: share a queue by inheritance (create it, then fork), hand it to a program that is
// executed (psq/handle.h), give it a name (create_at), or send it through a socket (send_over). A
// process may die at any instruction. Survivors go on; items that the victim had not yet made
// visible are lost, and their slots and tasks are reclaimed. Processes that have a queue trust each
// other: each can overwrite its memory (SECURITY.md).
//
// Threads: any number of threads may call any methods at the same time. A method that waits delays
// no other method.
//
// Lifetime: a queue has no name in the system, unless create_at gives it one. It takes one
// descriptor in each process that holds it, and the system frees it when the last of these
// processes drops it or ends.
//
// Order: consumers receive the items of one process in the order of its puts. Between the items of
// different processes no order is promised.
//
// Units: sizes and bounds are numbers of items. Memory alone limits the length of an item.
//
// Errors: a call that throws has changed nothing, unless its comment says otherwise.
//
// Clauses: queue.order.per-producer, queue.order.threads-of-one-producer, queue.many-to-many,
// queue.item.sizes-intact, queue.item.values-equal, queue.item.none-is-an-item, queue.wait.mutual,
// failure.kill.idle-holder-harmless, failure.kill.what-arrives-is-whole,
// failure.kill.unflushed-slots.

#pragma once

#include <memory>
#include <string>
#include <utility>

#include "psq/queue_base.h"

namespace psq {

// What the constructor of a Queue is told.
struct QueueOptions {
  std::int64_t maxsize = 0;  // Number of items. Zero or less means no configured bound.
};

// A queue between processes, as promised in psq/queue.h. Movable, not copyable within a process;
// fork makes the copy of a child. That copy is open, its buffer is empty, and it has no feeder yet.
// The destructor calls close and join_thread (after cancel_join_thread only close); no thread of
// this process may use the queue from then on. A queue that was moved from can only be destroyed or
// assigned to.
//
// Clauses: queue.fork.buffered-once, queue.drop.flushes, queue.exit.flushes,
// queue.exit.creator-flushes, process.objects.every-type.
template <typename T>
class Queue : public QueueBase<T> {
  using Base = QueueBase<T>;

 public:
  // Creates an empty queue. Throws InvalidArgument when maxsize is above kMaxSize, and SystemError
  // when the system has no memory or no descriptor left.
  // Clauses: queue.create.unbounded, queue.create.bound, queue.create.largest-accepted,
  // queue.create.too-large-refused, queue.create.bound-among-producers.
  explicit Queue(QueueOptions options = {})
      : Queue(detail::QueueCore::create({.maxsize = options.maxsize})) {}

  // Opens, in an executed program, the queue of an inherited handle (psq/handle.h). Each handle can
  // be opened once. Throws InvalidArgument, and leaves the descriptor alone, when the program has
  // not inherited such a queue, and when the token is of another minor version of psq or of another
  // word size: the error names both.
  [[nodiscard]] static Queue from_handle(const std::string& token) {
    return Queue(detail::QueueCore::open(detail::QueueKind::kPlain, token));
  }
  // Creates a queue that other programs find by a name in the file system, until the file is
  // removed; who may use it is the file's mode, whatever the umask. The file is the queue: it takes
  // its memory (about 1 MiB) at once, and a queue without a file (std::filesystem::remove) goes on
  // in the processes that have it. A queue outlives its processes, but not a new start of the
  // system. Best in memory, /dev/shm or /run; the file system has to know O_TMPFILE, as tmpfs,
  // ext4, XFS and Btrfs do. A user who can write to the folder can replace the file.
  // Throws as the constructor, and SystemError also when there is a file of this name.
  [[nodiscard]] static Queue create_at(const std::string& path, QueueOptions options = {},
                                       mode_t mode = 0600) {
    return Queue(detail::QueueCore::create_at(path, mode, {.maxsize = options.maxsize}));
  }
  // Opens a queue of that name. Throws SystemError when there is none or this process may not read
  // and write it, and InvalidArgument when the file is no whole queue of this type and version.
  [[nodiscard]] static Queue open_at(const std::string& path) {
    return Queue(detail::QueueCore::open_at(detail::QueueKind::kPlain, path));
  }

  // Waits for a queue that was sent, and receives it. Throws, with nothing received,
  // NotDeserializable when something else comes next, and SystemError (EMFILE) when this process
  // has no descriptor free; EndOfStream; and InvalidArgument, with the queue lost, when it is of
  // another type or version.
  [[nodiscard]] static Queue receive_from(int socket) {
    return Queue(detail::QueueCore::receive_from(detail::QueueKind::kPlain, socket));
  }

  // Serializes the item, waits up to `timeout` for a slot, and hands the item to the channel or to
  // the buffer. A get that reads the item frees the slot.
  // Throws Closed, NotSerializable or Full; the item is not put then. Closed is checked first and
  // NotSerializable second, so that neither of them waits on a full queue.
  // Clauses: queue.put.returns-without-consumer, queue.put.blocks-when-full,
  // queue.put.full-after-timeout, queue.put.full-at-once, queue.put.slot-within-timeout,
  // queue.put.full-leaves-no-trace, queue.put.all-waiting-served, queue.close.put-closed,
  // queue.item.unserializable-frees-slot.
  void put(const T& item, Timeout timeout = forever) {
    if (!this->try_put(item, timeout)) throw Full();
  }
  using Base::put;  // of a loan

  // Waits up to `timeout` for an item, and takes the oldest item in the channel.
  // Throws Closed (also when another thread of this process closes the queue during the wait),
  // Empty, NotDeserializable (the item is consumed and its slot is free) or Corrupted.
  // Clauses: queue.get.waits-for-item, queue.get.empty-after-timeout, queue.get.empty-at-once,
  // queue.get.item-within-timeout, queue.get.exactly-once, queue.get.all-waiting-served,
  // queue.get.no-end-of-stream, queue.get.not-deserializable, queue.close.get-closed,
  // queue.close.waiting-get.
  [[nodiscard]] T get(Timeout timeout = forever) { return this->got(timeout); }

  // The number of taken slots: items put and not yet read, in the channel and in the buffers of all
  // processes. Other processes may change it before the caller uses the answer. qsize, empty and
  // full also answer after close.
  // Clauses: queue.qsize.counts-slots, queue.close.state.
  [[nodiscard]] std::size_t qsize() const noexcept { return this->core().qsize(); }

  // Whether the channel holds no item now. Buffered items do not count, so the answer may be true
  // directly after a put. After an answer of false, a get without waiting may still throw Empty,
  // because another consumer took the item. Clauses: queue.empty.at-rest,
  // queue.get.visibility-delay.
  [[nodiscard]] bool empty() const noexcept { return this->core().empty(); }

  // Whether no slot is free now. full() and empty() may both be true: buffered items take slots.
  // Clauses: queue.full.at-bound, queue.full.while-empty.
  [[nodiscard]] bool full() const noexcept { return this->core().full(); }

  // From now on put and get in this process throw Closed. The feeder still moves the buffered items
  // to the channel. Other processes and children forked later keep a working queue. Idempotent.
  // Clauses: queue.close.idempotent, queue.close.local, queue.close.flushes,
  // queue.close.all-threads.
  void close() noexcept { this->core().close(); }

  // Waits until every item that this process put is in the channel. Returns at once when the
  // process put nothing, and after cancel_join_thread. Throws NotStarted before close.
  // Clauses: queue.join-thread.waits-for-flush, queue.join-thread.unclosed,
  // queue.join-thread.nothing-put, queue.join-thread.repeatable.
  void join_thread() { this->core().join_thread(); }

  // From now on neither join_thread nor the end of the process waits for the feeder. Items that are
  // in the buffer when the process ends are lost. Clauses:
  // queue.cancel-join-thread.exit-does-not-wait, queue.cancel-join-thread.any-time,
  // queue.cancel-join-thread.join-thread-does-not-wait.
  void cancel_join_thread() noexcept { this->core().cancel_join_thread(); }

 protected:
  explicit Queue(std::unique_ptr<detail::QueueCore> core) : Base(std::move(core)) {}
};

}  // namespace psq
