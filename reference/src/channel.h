// The channel under the queues: a ring of framed messages in shared memory, first in, first out.
//
// A producer writes a message into the ring and then commits it by moving the tail. What a killed
// producer has not committed does not exist. A long message stands in an extent outside of the
// ring, which its producer fills before; in the ring is a frame that names the extent, so that a
// message of any size becomes visible by one store. The frame takes as much of the ring as its
// message would, at most all of it: so the ring alone decides what waits for room. A reader takes
// the frame, and copies the bytes afterwards.
//
// No process waits for room, for a message, or for the bytes of a message while it holds a lock
// that another process needs. Under the write lock and the read lock a process executes a bounded
// number of instructions: copies of short messages, and a look at each extent.
//
// The head is a packed state that also says how many messages were read; the tail is one that also
// says which producer committed last, and how many messages it had committed by then.

#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "psq/batch.h"
#include "psq/error.h"
#include "psq/interruptible.h"
#include "src/clock.h"
#include "src/extents.h"
#include "src/futex_event.h"
#include "src/probe.h"
#include "src/ring.h"
#include "src/robust_lock.h"
#include "src/sanitizers.h"
#include "src/shared_memory.h"

namespace psq::detail {

// A message to be sent. A long one may stand in an extent that the calling thread owns, and does
// not own any more when it is sent.
struct Message {
  template <std::convertible_to<std::string_view> Text>
  Message(const Text& text, OwnedExtent* in = nullptr) noexcept : bytes(text), filled(in) {}

  [[nodiscard]] bool is_filled() const noexcept { return filled != nullptr && *filled; }

  std::string_view bytes;
  OwnedExtent* filled;
};

// A message that was received: its bytes, or the extent in which they are.
struct Received {
  std::string bytes;
  OwnedExtent extent;
  Window window;
};

// Lives in shared memory. Any thread of any process that has it may call any method; `memory` is
// the memory in which it lives.
class Channel {
 public:
  static constexpr std::size_t kCapacity = std::size_t{256} * 1024;

  // In zeroed memory, with `capacity` more bytes behind the object: a power of two, 64 or more.
  // Throws InvalidArgument.
  explicit Channel(std::size_t capacity = kCapacity)
      : capacity_(static_cast<std::uint32_t>(capacity / sizeof(FrameHeader))) {
    if (capacity < kCacheLine || !std::has_single_bit(capacity)) {
      throw InvalidArgument("the capacity of a channel has to be a power of two, 64 bytes or more");
    }
  }

  // Appends the message; waits for room until the deadline: false, with nothing sent. A producer
  // that asks committed() sends from one thread at a time. Throws SystemError, with nothing sent,
  // when there is no memory for a long message, and Corrupted.
  bool send(const SharedMemory& memory, const Message& message, Producer producer = 0,
            Deadline deadline = Deadline::never());

  // As send, but never waits. False, with no effect: it would have to wait.
  [[nodiscard]] bool try_send(const SharedMemory& memory, const Message& message,
                              Producer producer);

  // Whether a message is copied into the ring. A longer one stands in an extent.
  [[nodiscard]] bool is_short(std::size_t length) const noexcept {
    return length <= longest_short(capacity_);
  }
  // An extent that the calling thread owns from then on, for a long message. Waits for a free one
  // until the deadline, and never without one: none.
  [[nodiscard]] OwnedExtent take_extent(const SharedMemory& memory, std::size_t length,
                                        std::optional<Deadline> deadline);
  [[nodiscard]] Extents& extents() noexcept { return extents_; }
  // Gives back the memory that the channel keeps for long messages which have not come, if there is
  // any. Call it where no message is. Never waits.
  void give_back_unused(const SharedMemory& memory) noexcept;

  // Appends the first messages of a batch, and removes them from it: at least one, for which it
  // waits for room until the deadline, and more while there is room, up to `most` and kMostAtOnce
  // bytes. They become visible at once. A batch is a row of messages (psq/batch.h). Returns how
  // many: none after the deadline. Throws as send.
  [[nodiscard]] std::size_t send_some(const SharedMemory& memory, std::string_view& batch,
                                      std::size_t most, Producer producer,
                                      Deadline deadline = Deadline::never());

  // As send_some, but never waits. None, with no effect: it would have to wait.
  [[nodiscard]] std::size_t try_send_some(const SharedMemory& memory, std::string_view& batch,
                                          std::size_t most, Producer producer);

  // Waits for room until the deadline, as send does, and takes none.
  void await_room(const SharedMemory& memory, Deadline deadline);
  // Whether there is room now. Another producer may take it before this one does.
  [[nodiscard]] bool may_have_room(const SharedMemory& memory) noexcept;

  // How many messages the producer has committed so far. Only that producer may ask, or any process
  // after its death.
  [[nodiscard]] std::uint64_t committed(Producer producer) const noexcept {
    const PackedStep last = tail_.load(std::memory_order_acquire);
    const std::uint64_t saved = count_of(producer).load(std::memory_order_relaxed);
    return last.producer() == producer ? last.sequence(saved) : saved;
  }

  // Appends the oldest message to `out`; waits for one until the deadline, or until a stop is
  // requested: false. Throws Corrupted when the channel holds what no producer writes.
  [[nodiscard]] bool receive(const SharedMemory& memory, std::string& out, Deadline deadline,
                             StopHere& stop);
  // As receive, but copies no long message: the calling thread owns its extent from then on, and
  // has to give it back. Throws SystemError, too, with nothing received.
  [[nodiscard]] bool receive_in_place(const SharedMemory& memory, Received& out, Deadline deadline,
                                      StopHere& stop);
  // Ends the waits of receive in processes that have requested a stop.
  void wake_receivers() noexcept { message_.notify_all(); }

  // As receive, but appends a row of messages: one, and more that are there now, up to `most` and
  // kMostAtOnce bytes. Returns how many: none where receive returns false.
  [[nodiscard]] std::size_t receive_some(const SharedMemory& memory, std::string& out,
                                         std::size_t most, Deadline deadline, StopHere& stop);

  // As receive_some, but never waits, and takes no long message. None, with no effect: it would
  // have to do either.
  [[nodiscard]] std::size_t try_receive_some(const SharedMemory& memory, std::string& out,
                                             std::size_t most);

  // Whether nothing can be read now.
  [[nodiscard]] bool empty() const noexcept {
    // Loads the head first: it never passes a tail that is loaded later.
    const PackedHead head = head_.load(std::memory_order_acquire);
    return head.until(tail_.load(std::memory_order_acquire).value()) == 0;
  }

  // Waits until `readable` is wrong about whether a message can be read. Or until `stop` is true,
  // which it checks as receive does, and when wake_watchers is called.
  void wait_for_change(const std::atomic<bool>& readable, const std::atomic<bool>& stop) noexcept {
    change_.wait(Deadline::never(), [&] { return empty() == readable.load() || stop.load(); });
  }
  void wake_watchers() noexcept { change_.notify_all(); }

  // How many messages were read so far, those included whose reader died reading them. Wraps
  // around.
  [[nodiscard]] std::uint32_t messages_read() const noexcept {
    return head_.load(std::memory_order_acquire).messages();
  }

 private:
  // After so many bytes no further message is appended or read under the same hold of a lock.
  static constexpr std::size_t kMostAtOnce = std::size_t{16} * 1024;

  // How often a call that may not wait tries to take a lock that another one holds: for as long as
  // that one needs with a short message, while it runs.
  static constexpr int kTries = 200;

  // How long a producer of a long message sleeps at first when all extents have an owner. Then it
  // sleeps longer and longer, up to kLookAgain: an owner may have a loan or a view for long.
  static constexpr std::chrono::milliseconds kNoExtent{1};

  // As send and try_send, of a message that is copied into the ring, or that has an extent or is to
  // be copied into one.
  bool send_short(const SharedMemory& memory, std::string_view message, Producer producer,
                  Deadline deadline);
  bool send_long(const SharedMemory& memory, const Message& message, Producer producer,
                 Deadline deadline);
  [[nodiscard]] bool try_send_short(const SharedMemory& memory, std::string_view message,
                                    Producer producer);
  [[nodiscard]] bool try_send_long(const SharedMemory& memory, const Message& message,
                                   Producer producer);

  // Copies a long message into an extent that it takes as take_extent does.
  [[nodiscard]] OwnedExtent fill(const SharedMemory& memory, std::string_view message,
                                 std::optional<Deadline> deadline);

  // The same, with the write lock held; also one that is left behind, which is to be given back.
  [[nodiscard]] OwnedExtent take_extent_now(std::size_t length);

  // Not locked: the deadline has passed, or it is time to look for other reasons to end.
  [[nodiscard]] static HeldLock lock_soon(RobustLock& lock, Deadline deadline) {
    if (lock.try_lock() || is_locked_later(lock, deadline)) return HeldLock(lock);
    return {};
  }
  [[nodiscard]] static bool is_locked_later(RobustLock& lock, Deadline deadline) {
    if (!deadline.has_passed()) return lock.try_lock_until(deadline.within(kLookAgain));
    for (int i = 0; i < kTries; ++i)
      if (lock.try_lock()) return true;
    return false;
  }

  // Waits for room without a lock. Returns with the write lock held and with room, or without the
  // lock after the deadline.
  [[nodiscard]] HeldLock lock_with_room(const SharedMemory& memory, Deadline deadline);
  [[nodiscard]] bool wait_for_room(const SharedMemory& memory, Deadline deadline);
  [[nodiscard]] HeldLock lock_for_writing(Deadline deadline);

  // With the write lock held, as all functions below that write.
  [[nodiscard]] bool has_room(const SharedMemory& memory);
  // Whether there is room behind `end`, a position behind the tail.
  [[nodiscard]] bool has_room_behind(std::uint32_t end) noexcept;

  // Units from there to the tail, which is loaded now.
  [[nodiscard]] std::uint32_t unread_behind(PackedHead head) const noexcept {
    return head.until(tail_.load(std::memory_order_acquire).value());
  }
  [[nodiscard]] bool is_room_behind(PackedHead head) const noexcept {
    return is_room_beside(unread_behind(head));
  }
  [[nodiscard]] bool is_room_beside(std::uint32_t unread) const noexcept {
    return unread <= capacity_ && capacity_ - unread >= reserve(capacity_);
  }
  // The frame of a long message may reach beyond the capacity, by less than the capacity.
  [[nodiscard]] bool is_impossible(PackedHead head) const noexcept {
    return unread_behind(head) > 2 * capacity_;
  }

  // Each writes a frame, and commits it. Returns where it begins.
  std::uint32_t append_short(std::string_view message, Producer producer);
  std::uint32_t append_long(std::uint64_t length, OwnedExtent& in, Producer producer);

  // Writes frames of the first messages of a batch, which are short, and commits them at once.
  std::size_t append_some(std::string_view& batch, std::size_t most, Producer producer);

  // Each returns where the frame ends.
  std::uint32_t write_short(std::uint32_t begin, std::string_view message);
  std::uint32_t write_long(std::uint32_t begin, std::uint64_t length, OwnedExtent& in);

  // Moves the tail. That overwrites which producer committed last and how many messages that one
  // had committed, so it saves that first.
  void commit(PackedStep before, std::uint32_t end, Producer producer, std::uint64_t messages);

  // After commits from `begin` on, without the lock.
  void tell_of_messages(const SharedMemory& memory, std::uint32_t begin) noexcept {
    message_.notify_one();
    room_.pass_on_if([&] { return may_have_room(memory); });
    // Where the head has not come to them, there were other ones before.
    change_.notify_all_if_fenced(
        [&] { return head_.load(std::memory_order_acquire).has_reached(begin); });
  }
  // After a read, without the lock.
  void tell_of_room() noexcept {
    room_.notify_one();
    change_.notify_all_if_fenced([&] { return empty(); });
  }

  // The extent is the frame's as soon as the tail moves. Until then no process takes the extent,
  // because that needs the write lock. A reader needs the extent's lock, so it is free before.
  void hand_over(std::uint32_t frame, OwnedExtent& in);

  // As !empty(), but loads the tail's cache line only when the remembered tail does not suffice.
  [[nodiscard]] bool readable() const noexcept {
    const PackedHead head = head_.load(std::memory_order_acquire);
    return head.until(seen_tail_.load(std::memory_order_acquire).value()) != 0 || !empty();
  }

  // Waits for a message as receive does, and calls `take` with the read lock held.
  template <typename Take>
  [[nodiscard]] bool read(const SharedMemory& memory, Deadline deadline, StopHere& stop,
                          const Take& take);

  // Take the message at the head, with the read lock held. What may throw comes before the head
  // moves. A short one whole; false, with no effect: it is a long one.
  [[nodiscard]] bool take_short(const SharedMemory& memory, std::string& out);
  // Of a long one the extent, for which it calls `prepare`.
  template <typename Prepare>
  [[nodiscard]] OwnedExtent take_long(const SharedMemory& memory, const Prepare& prepare);
  // Takes the short messages at the head, as receive_some. None: a long one is there.
  [[nodiscard]] std::size_t take_some(const SharedMemory& memory, std::string& out,
                                      std::size_t most);
  // Appends a row of the frames from there on: so many frames, and so many bytes of the row.
  void copy_row(std::uint32_t position, std::size_t frames, std::size_t bytes, std::string& out);
  // Appends the bytes of a long message, and gives them back.
  void copy_out(const SharedMemory& memory, OwnedExtent extent, std::string& out);

  // Units from there to the tail, with the read lock held.
  [[nodiscard]] std::uint32_t readable_behind(PackedHead head) noexcept;
  // The frame at a head with so many units behind it.
  [[nodiscard]] FrameHeader frame_at(PackedHead head, std::uint32_t readable);

  // The extent that a frame names.
  [[nodiscard]] OwnedExtent claim_of(const SharedMemory& memory, std::uint32_t frame,
                                     std::uint32_t counted);

  // The ring is all of the memory behind the channel. A process may have overwritten its capacity.
  [[nodiscard]] bool is_whole(const SharedMemory& memory) noexcept {
    return capacity_ > 0 && ring_data() + capacity_ * sizeof(FrameHeader) == memory.end();
  }
  [[nodiscard]] std::byte* ring_data() noexcept { return reinterpret_cast<std::byte*>(this + 1); }
  [[nodiscard]] Ring ring() noexcept { return {ring_data(), capacity_}; }

  [[noreturn]] static void throw_damaged() {
    throw Corrupted("the channel in shared memory is damaged");
  }

  // A producer's commit counter. If that producer committed last, only the tail is up to date.
  [[nodiscard]] std::atomic_ref<std::uint64_t> count_of(Producer producer) const noexcept {
    return std::atomic_ref(counts_[producer]);
  }

  // Each side remembers the packed state of the other side, and loads it again only when the
  // remembered one does not suffice: so the cache line does not move with every message.

  const std::uint32_t capacity_;  // In units, as all positions.

  // The producers' side. What follows the lock changes only while the lock is held.
  alignas(kCacheLine) RobustLock write_lock_;
  std::atomic<PackedHead> seen_head_{};
  alignas(kCacheLine) std::atomic<PackedStep> tail_{};  // Everything before it is committed.

  // The readers' side. A reader changes nothing but its head.
  alignas(kCacheLine) RobustLock read_lock_;
  std::atomic<PackedStep> seen_tail_{};
  alignas(kCacheLine) std::atomic<PackedHead> head_{};  // Everything before it was read.

  // Both sides read these often and change them seldom.
  alignas(kCacheLine) FutexEvent message_;  // A new message is visible.
  FutexEvent room_;
  FutexEvent change_;  // Between empty and not empty; for wait_for_change.

  alignas(kCacheLine) Extents extents_;

  // Not initialized here: the memory is zero, and untouched pages take no space.
  alignas(kCacheLine) mutable std::array<std::uint64_t, kProducers> counts_;
};

}  // namespace psq::detail

#include "src/channel_receive.h"
#include "src/channel_send.h"
