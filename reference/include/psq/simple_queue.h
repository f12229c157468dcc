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

// An unbounded queue between processes, as promised in psq/simple_queue.h. Movable, not copyable
// within a process; fork makes the copy of a child. It may be destroyed when no thread of this
// process uses it. Other processes keep their copies.
template <typename T>
class SimpleQueue : public Waitable {
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
  [[nodiscard]] static SimpleQueue create_at(const std::string& path, mode_t mode = 0600) {
    return SimpleQueue(
        detail::QueueCore::create_at(path, mode, {.kind = detail::QueueKind::kSimple}));
  }
  // Opens a queue of that name. Throws SystemError when there is none or this process may not read
  // and write it, and InvalidArgument when the file is no whole queue of this type and version.
  [[nodiscard]] static SimpleQueue open_at(const std::string& path) {
    return SimpleQueue(detail::QueueCore::open_at(detail::QueueKind::kSimple, path));
  }

  // Sends the queue through a connected Unix socket, or an end of a duplex pipe by its fd(), in
  // order with messages. The process at the other end has it as a forked child would; both may drop
  // it at any time. Waits for room; send_over throws BrokenPipe, ConnectionReset and SystemError.
  void send_over(int socket) const { core_->send_over(socket); }
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
    if (!try_put(item, timeout)) throw Full();
  }

  // As put, but returns false instead of throwing Full.
  [[nodiscard]] bool try_put(const T& item, Timeout timeout = no_wait) {
    core_->check_open();
    return detail::with_bytes(item,
                              [&](std::string_view bytes) { return core_->put(bytes, timeout); });
  }

  // Waits up to `timeout` for an item, and takes the oldest one.
  // Throws Closed (also when another thread of this process closes the queue during the wait),
  // Empty, NotDeserializable (the item is consumed) or Corrupted.
  // Clauses: simple-queue.get.waits-for-item, simple-queue.get.exactly-once,
  // simple-queue.get.all-served, simple-queue.get.not-deserializable.
  [[nodiscard]] T get(Timeout timeout = forever) {
    auto item = try_get(timeout);
    if (!item) throw Empty();
    return *std::move(item);
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

  // Puts the item of a loan, which is empty then. As the other put, but no byte of a long item is
  // copied. Throws as that put, with the loan as it was, and InvalidArgument when the loan is
  // empty, of another queue, or was lent to another thread.
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

  // Whether the channel holds no item now. Exact for items whose put has returned. Throws Closed.
  // Clauses: simple-queue.empty.exact.
  [[nodiscard]] bool empty() const { return core_->empty(); }

  // A descriptor that is readable while a get would find an item: for wait, poll(2), epoll and the
  // event loops above them, which only watch it. The same one in each call; the queue keeps it, and
  // makes it readable when it is closed in this process, because a get ends at once then. A get of
  // this process brings it in step before it returns. A put or a get of another process does so
  // soon after it, or within a second when that process dies: so take items with try_get. A forked
  // child asks for a descriptor of its own. The first call starts a thread of this process;
  // from then on each put or get that changes whether the queue is empty wakes it. Throws Closed,
  // and SystemError when the system has no descriptor or thread left.
  [[nodiscard]] int fd() const override { return core_->fd(); }

  // From now on put, get and empty in this process throw Closed. Other processes and children
  // forked later keep a working queue. Idempotent. Clauses: simple-queue.close.operations-closed,
  // simple-queue.close.local, simple-queue.close.idempotent.
  void close() noexcept { core_->close(); }

 private:
  explicit SimpleQueue(std::unique_ptr<detail::QueueCore> core) : core_(std::move(core)) {}

  std::unique_ptr<detail::QueueCore> core_;
};

}  // namespace psq
