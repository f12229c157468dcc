// QueueBase<T>: what Queue<T>, JoinableQueue<T> and SimpleQueue<T> have in common.
//
// Processes, threads, lifetime, order, units and errors: as in the headers of these types. Where a
// comment says slot, it means room in the channel for a SimpleQueue.
//
// Clauses: queue.put.full-at-once, queue.get.empty-at-once.

#pragma once

#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "psq/batch.h"
#include "psq/codec.h"
#include "psq/loan.h"
#include "psq/queue_core.h"
#include "psq/wait.h"

namespace psq {

// A queue of any type, by the calls that all types have. Movable, not copyable.
template <typename T>
class QueueBase : public Waitable {
 public:
  // Makes a handle for a program that this process is about to execute. Throws SystemError when the
  // system has no descriptor left.
  [[nodiscard]] Handle handle() const { return core_->handle(); }

  // Sends the queue through a connected Unix socket, or an end of a duplex pipe by its fd(), in
  // order with messages. The process at the other end has it as a forked child would; both may drop
  // it at any time. Waits for room; send_over throws BrokenPipe, ConnectionReset and SystemError.
  void send_over(int socket) const { core_->send_over(socket); }

  // As put, but returns false instead of throwing Full.
  [[nodiscard]] bool try_put(const T& item, Timeout timeout = no_wait) {
    // A closed queue is said before an item that cannot be serialized.
    if constexpr (!detail::AlwaysSerializable<T>) core_->check_open();
    return detail::with_bytes(item,
                              [&](std::string_view bytes) { return core_->put(bytes, timeout); });
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

  // Puts the item of a loan, which is empty then. Waits up to `timeout` as the other put does. No
  // byte of a long item is copied by a SimpleQueue, nor by a Queue when no item of this process
  // waits in the buffer and the channel has room; otherwise a copy goes to the buffer. Throws as
  // the other put, with the loan as it was, and InvalidArgument when the loan is empty, of another
  // queue, or was lent to another thread.
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
    const detail::Row row = detail::row_of<T>(items);
    return core_->put_many(row.bytes(), row.count(), timeout);
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

  // A descriptor that is readable while a get would find an item: for wait, poll(2), epoll and the
  // event loops above them, which only watch it. The same one in each call; the queue keeps it, and
  // makes it readable when it is closed in this process, because a get ends at once then. A get of
  // this process brings it in step before it returns. A put or a get of another process does so
  // soon after it, or within a second when that process dies: so take items with try_get. A forked
  // child asks for a descriptor of its own. The first call starts a thread of this process;
  // from then on each put or get that changes whether the queue is empty wakes it. Throws Closed,
  // and SystemError when the system has no descriptor or thread left.
  [[nodiscard]] int fd() const override { return core_->fd(); }

 protected:
  explicit QueueBase(std::unique_ptr<detail::QueueCore> core) : core_(std::move(core)) {}
  [[nodiscard]] detail::QueueCore& core() const noexcept { return *core_; }

  // What get of each type does.
  [[nodiscard]] T got(Timeout timeout) {
    auto bytes = core_->get(timeout);
    if (!bytes) throw Empty();
    return detail::deserialize<std::remove_cv_t<T>>(std::move(*bytes));
  }

 private:
  std::unique_ptr<detail::QueueCore> core_;
};

}  // namespace psq
