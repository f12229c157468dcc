// Queue<T>: a queue between processes, with an optional bound, whose put waits only for a free
// slot. Items that cannot go directly to the shared channel wait in a buffer of the producing
// process. The feeder, a thread of that process, moves them to the channel. (While the buffer holds
// more than 512 KiB, a put yields to the feeder, for at most 2 ns a byte: about the cost of new
// memory for the item.)
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

#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

#include "psq/batch.h"
#include "psq/codec.h"
#include "psq/loan.h"
#include "psq/queue_core.h"
#include "psq/wait.h"

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
class Queue : public Waitable {
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
  // Makes a handle for a program that this process is about to execute. Throws SystemError when the
  // system has no descriptor left.
  [[nodiscard]] Handle handle() const { return core_->handle(); }

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

  // Sends the queue through a connected Unix socket, or an end of a duplex pipe by its fd(), in
  // order with messages. The process at the other end has it as a forked child would; both may drop
  // it at any time. Waits for room; send_over throws BrokenPipe, ConnectionReset and SystemError.
  void send_over(int socket) const { core_->send_over(socket); }
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
    if (!try_put(item, timeout)) throw Full();
  }

  // As put, but returns false instead of throwing Full.
  [[nodiscard]] bool try_put(const T& item, Timeout timeout = no_wait) {
    core_->check_open();
    return detail::with_bytes(item,
                              [&](std::string_view bytes) { return core_->put(bytes, timeout); });
  }

  // Waits up to `timeout` for an item, and takes the oldest item in the channel.
  // Throws Closed (also when another thread of this process closes the queue during the wait),
  // Empty, NotDeserializable (the item is consumed and its slot is free) or Corrupted.
  // Clauses: queue.get.waits-for-item, queue.get.empty-after-timeout, queue.get.empty-at-once,
  // queue.get.item-within-timeout, queue.get.exactly-once, queue.get.all-waiting-served,
  // queue.get.no-end-of-stream, queue.get.not-deserializable, queue.close.get-closed,
  // queue.close.waiting-get.
  [[nodiscard]] T get(Timeout timeout = forever) {
    auto bytes = core_->get(timeout);
    if (!bytes) throw Empty();
    return detail::deserialize<std::remove_cv_t<T>>(std::move(*bytes));
  }

  // As get, but returns nullopt instead of throwing Empty.
  [[nodiscard]] std::optional<T> try_get(Timeout timeout = no_wait) {
    auto bytes = core_->get(timeout);
    if (!bytes) return std::nullopt;
    return detail::deserialize<std::remove_cv_t<T>>(std::move(*bytes));
  }

  // Lends memory for an item of `length` bytes, to be filled and given to put. It takes neither
  // room nor a slot. Waits up to `timeout` while all memory for long items is in use (psq/loan.h).
  // Throws Closed, Full (after the timeout), and SystemError when there is no memory for the item.
  [[nodiscard]] Loan loan(std::size_t length,
                          Timeout timeout = forever) requires detail::Lendable<T> {
    auto lent = try_loan(length, timeout);
    if (!lent) throw Full();
    return *std::move(lent);
  }
  // As loan, but returns nullopt instead of throwing Full.
  [[nodiscard]] std::optional<Loan> try_loan(
      std::size_t length, Timeout timeout = no_wait) requires detail::Lendable<T> {
    return Loan::of(core_->loan(length, timeout));
  }

  // Puts the item of a loan, which is empty then. Waits up to `timeout` for a slot. No byte of a
  // long item is copied when no item of this process waits in the buffer and the channel has room;
  // otherwise a copy goes to the buffer. Throws as the other put, with the loan as it was, and
  // InvalidArgument when the loan is empty, of another queue, or was lent to another thread.
  void put(Loan&& loan, Timeout timeout = forever) requires detail::Lendable<T> {
    if (!try_put(std::move(loan), timeout)) throw Full();
  }
  // As put, but returns false instead of throwing Full.
  [[nodiscard]] bool try_put(Loan&& loan, Timeout timeout = no_wait) requires detail::Lendable<T> {
    return loan.put_into(*core_, timeout);
  }

  // As get, but a view of the item's bytes where they are (psq/loan.h). The item is consumed.
  // Throws as get, and SystemError, with nothing taken, when a long item cannot be mapped.
  [[nodiscard]] View get_view(Timeout timeout = forever) requires detail::Lendable<T> {
    auto view = try_get_view(timeout);
    if (!view) throw Empty();
    return *std::move(view);
  }
  // As get_view, but returns nullopt instead of throwing Empty.
  [[nodiscard]] std::optional<View> try_get_view(
      Timeout timeout = no_wait) requires detail::Lendable<T> {
    return View::of(core_->get_view(timeout));
  }

  // Puts the items of a range in order, as one put after the other does, at less cost for each.
  // `timeout` is for all of them. Returns how many were put: all, unless it passed before. Items of
  // other producers may come between them, and consumers get the first ones before the last is put.
  // All are serialized before the first is put: a put_many that throws Closed at its begin or
  // NotSerializable has put nothing. After any other error, the first ones may have been put.
  template <std::ranges::input_range Range>
  std::size_t put_many(const Range& items, Timeout timeout = forever) {
    core_->check_open();
    const auto [row, count] = detail::row_of<T>(items);
    return core_->put_many(row, count, timeout);
  }

  // Waits up to `timeout` for an item, and takes it and the items behind it that are in the channel
  // now, `most` at most, in order. None: no item came within the timeout. Consumers at the same
  // time get other items; of one producer, each gets what is in its order. Throws as get, but not
  // Empty; NotDeserializable when one of them is, and all are consumed then. A process that dies in
  // the call takes with it what it had taken.
  [[nodiscard]] std::vector<T> get_many(std::size_t most, Timeout timeout = forever) {
    std::string row;
    const std::size_t count = core_->get_many(row, most, timeout);
    return detail::items_of<std::remove_cv_t<T>>(row, count);
  }

  // The number of taken slots: items put and not yet read, in the channel and in the buffers of all
  // processes. Other processes may change it before the caller uses the answer. qsize, empty and
  // full also answer after close.
  // Clauses: queue.qsize.counts-slots, queue.close.state.
  [[nodiscard]] std::size_t qsize() const noexcept { return core_->qsize(); }

  // Whether the channel holds no item now. Buffered items do not count, so the answer may be true
  // directly after a put. After an answer of false, a get without waiting may still throw Empty,
  // because another consumer took the item. Clauses: queue.empty.at-rest,
  // queue.get.visibility-delay.
  [[nodiscard]] bool empty() const noexcept { return core_->empty(); }

  // Whether no slot is free now. full() and empty() may both be true: buffered items take slots.
  // Clauses: queue.full.at-bound, queue.full.while-empty.
  [[nodiscard]] bool full() const noexcept { return core_->full(); }

  // A descriptor that is readable while a get would find an item: for wait, poll(2), epoll and the
  // event loops above them, which only watch it. The same one in each call; the queue keeps it, and
  // makes it readable when it is closed in this process, because a get ends at once then. A get of
  // this process brings it in step before it returns. A put or a get of another process does so
  // soon after it, or within a second when that process dies: so take items with try_get. A forked
  // child asks for a descriptor of its own. The first call starts a thread of this process;
  // from then on each put or get that changes whether the queue is empty wakes it. Throws Closed,
  // and SystemError when the system has no descriptor or thread left.
  [[nodiscard]] int fd() const override { return core_->fd(); }

  // From now on put and get in this process throw Closed. The feeder still moves the buffered items
  // to the channel. Other processes and children forked later keep a working queue. Idempotent.
  // Clauses: queue.close.idempotent, queue.close.local, queue.close.flushes,
  // queue.close.all-threads.
  void close() noexcept { core_->close(); }

  // Waits until every item that this process put is in the channel. Returns at once when the
  // process put nothing, and after cancel_join_thread. Throws NotStarted before close.
  // Clauses: queue.join-thread.waits-for-flush, queue.join-thread.unclosed,
  // queue.join-thread.nothing-put, queue.join-thread.repeatable.
  void join_thread() { core_->join_thread(); }

  // From now on neither join_thread nor the end of the process waits for the feeder. Items that are
  // in the buffer when the process ends are lost. Clauses:
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
