// Loan and View: items of queues in shared memory, without a copy.
//
// A producer takes a loan of a length, fills its bytes and puts it; a consumer gets a view of an
// item and reads it where it is:
//
//   psq::SimpleQueue<std::string> frames;
//   psq::Loan frame = frames.loan(1920 * 1080 * 3);
//   camera.read_into(frame.bytes());
//   frames.put(std::move(frame));
//
//   psq::View frame = frames.get_view();
//   show(frame.bytes());
//
// The queues whose items are bytes as they are, those of std::string and std::vector<std::byte>,
// have loan and get_view. The item is the same to other consumers and producers: get takes what was
// put by a loan, and get_view what was put by a copy. An item of up to 16 KiB is copied, because
// its copy costs less than a place of its own.
//
// Processes: a loan or view that a killed process had is taken back: of the loan nothing is put,
// and the item of the view was consumed. In a forked child the parent's loans and views can only be
// destroyed; that gives nothing back, and the bytes may change at any time.
//
// Threads: a loan or view belongs to the thread that took it, as a lock does. It may be moved into
// another object, and its bytes may be filled and read by any thread; but put, release and the
// destructor that gives it back are for its own thread, before that thread ends. Another thread's
// put throws InvalidArgument; when another thread destroys it, it is given back as its own thread
// ends.
//
// Lifetime: a loan or view keeps the queue's memory alive, so it may outlive the queue object. A
// loan can be put until the queue is closed in this process; a view can be read after that, too.
// Bytes that were put or given back soon belong to another item: keep no span and no text of them.
//
// Trust: the bytes stay in shared memory while they are filled and read. A process that has the
// queue and does wrong can change them at any time. Where that matters, get a copy.
//
// Units: bytes. The bytes of a loan have no stated values before they are filled. Of a long item,
// they begin at a page. A queue has 256 places for long items: in the channel, on loan, in view, or
// being copied. Programs that hold many loans or views let other long puts wait.
//
// Errors: none, but those of the queue's methods (psq/queue.h, psq/simple_queue.h).
//
// Clauses: queue.item.values-equal, simple-queue.item.values-equal,
// failure.kill.what-arrives-is-whole.

#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "psq/export.h"
#include "psq/timeout.h"

namespace PSQ_EXPORT psq {

template <typename T>
class QueueBase;

namespace detail {

// The bytes of a loan or of a view (src/lent_bytes.h), which the destructor gives back.
class Lent {
 public:
  Lent() = default;
  Lent(Lent&&) = delete;
  virtual ~Lent() = default;

  [[nodiscard]] std::span<std::byte> bytes() const noexcept { return bytes_; }

 protected:
  std::span<std::byte> bytes_;
};

}  // namespace detail

// Memory for an item that is not put yet, as promised in psq/loan.h. Movable. Empty after it was
// put, moved from or released.
class Loan {
 public:
  // The bytes to fill. None when the loan is empty.
  [[nodiscard]] std::span<std::byte> bytes() const noexcept {
    return lent_ ? lent_->bytes() : std::span<std::byte>();
  }
  // Gives the memory back, with nothing put, as the destructor does. Idempotent.
  void release() noexcept { lent_.reset(); }

 private:
  template <typename T>
  friend class QueueBase;

  explicit Loan(std::unique_ptr<detail::Lent> lent) noexcept : lent_(std::move(lent)) {}
  static std::optional<Loan> of(std::unique_ptr<detail::Lent> lent) {
    return lent ? std::optional(Loan(std::move(lent))) : std::nullopt;
  }
  template <typename Core>
  bool put_into(Core& core, Timeout timeout) {
    if (!core.put_lent(lent_.get(), timeout)) return false;
    lent_.reset();
    return true;
  }

  std::unique_ptr<detail::Lent> lent_;
};

// An item that was taken, as promised in psq/loan.h. Movable. Empty after it was moved from or
// released.
class View {
 public:
  // The bytes of the item. None when the view is empty.
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept {
    return lent_ ? lent_->bytes() : std::span<std::byte>();
  }
  // The same as text.
  [[nodiscard]] std::string_view text() const noexcept {
    return {reinterpret_cast<const char*>(bytes().data()), bytes().size()};
  }
  // Gives the memory back, as the destructor does. Idempotent.
  void release() noexcept { lent_.reset(); }

 private:
  template <typename T>
  friend class QueueBase;

  explicit View(std::unique_ptr<detail::Lent> lent) noexcept : lent_(std::move(lent)) {}
  static std::optional<View> of(std::unique_ptr<detail::Lent> lent) {
    return lent ? std::optional(View(std::move(lent))) : std::nullopt;
  }

  std::unique_ptr<detail::Lent> lent_;
};

}  // namespace psq
