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
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "psq/error.h"
#include "src/clock.h"
#include "src/extents.h"
#include "src/futex_event.h"
#include "src/probe.h"
#include "src/ring.h"
#include "src/robust_lock.h"
#include "src/sanitizers.h"
#include "src/shared_memory.h"

namespace psq::detail {

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

  // Appends the message; waits for room without a limit. A producer that asks committed() sends
  // from one thread at a time. Throws SystemError, with nothing sent, when there is no memory for a
  // long message, and Corrupted.
  void send(const SharedMemory& memory, std::string_view message, Producer producer = 0) {
    OwnedExtent extent;
    if (!is_short(message.size())) extent = fill(memory, message, May::kWait);
    {
      const auto guard = lock_with_room(memory);
      append(message, extent, producer);
    }
    notify_of_append(memory);
  }

  // As send, but never waits. False, with no effect: it would have to wait.
  [[nodiscard]] bool try_send(const SharedMemory& memory, std::string_view message,
                              Producer producer) {
    if (!may_have_room(memory)) return false;
    OwnedExtent extent;
    if (!is_short(message.size())) {
      extent = fill(memory, message, May::kNotWait);
      if (extent.extent == nullptr) return false;
    }
    {
      const std::unique_lock guard(write_lock_, std::try_to_lock);
      if (!guard || !has_room(memory)) return false;
      at("write-lock-taken");
      append(message, extent, producer);
    }
    notify_of_append(memory);
    return true;
  }

  // Appends the first messages of a batch: at least one, for which it waits for room, and more
  // while there is room, up to kMostAtOnce bytes. A batch is a row of messages, each after its
  // length, a std::size_t. Returns how many bytes of the batch were appended. Throws as send.
  [[nodiscard]] std::size_t send_some(const SharedMemory& memory, std::string_view batch,
                                      Producer producer) {
    const std::string_view first = first_of(batch);
    if (!is_short(first.size())) {
      send(memory, first, producer);
      return sizeof(std::size_t) + first.size();
    }
    std::size_t used = 0;
    {
      const auto guard = lock_with_room(memory);
      OwnedExtent none;
      do {
        const std::string_view message = first_of(batch.substr(used));
        if (!is_short(message.size())) break;
        append(message, none, producer);
        used += sizeof(std::size_t) + message.size();
      } while (used < batch.size() && used < kMostAtOnce && has_room(memory));
    }
    notify_of_append(memory);
    return used;
  }

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
                             StopHere& stop) {
    const auto ready = [&] { return readable() || stop.is_requested(); };
    while (message_.wait(deadline, ready, stop) && !stop.is_requested()) {
      OwnedExtent extent;
      {
        std::unique_lock guard(read_lock_, std::try_to_lock);
        if (!guard && !guard.try_lock_for(kLockGrace)) {
          if (deadline.has_passed()) break;
          continue;
        }
        at("read-lock-taken");
        if (!readable()) continue;
        extent = take(memory, out);
      }
      room_.notify_one();
      message_.pass_on_if([&] { return readable(); });
      if (extent.extent != nullptr) {
        memory.read_behind(extent.extent->begin, extent.extent->length, out);
        at("extent-read");
        Extents::give_back(memory, std::move(extent));
      }
      return true;
    }
    message_.pass_on_if([&] { return readable(); });
    return false;
  }
  // Ends the waits of receive in processes that have requested a stop.
  void wake_receivers() noexcept { message_.notify_all(); }

  // Whether nothing can be read now.
  [[nodiscard]] bool empty() const noexcept {
    // Loads the head first: it never passes a tail that is loaded later.
    const PackedHead head = head_.load(std::memory_order_acquire);
    return head.until(tail_.load(std::memory_order_acquire).value()) == 0;
  }

  // How many messages were read so far, those included whose reader died reading them. Wraps
  // around.
  [[nodiscard]] std::uint32_t messages_read() const noexcept {
    return head_.load(std::memory_order_acquire).messages();
  }

 private:
  enum class May { kWait, kNotWait };

  // A producer appends no further message under the same hold of the lock after so many bytes.
  static constexpr std::size_t kMostAtOnce = std::size_t{32} * 1024;

  // How long a get whose deadline has passed still waits while another reader holds the lock:
  // longer than a short message takes to read, shorter than a wait that a caller notices.
  static constexpr std::chrono::milliseconds kLockGrace{20};

  // How long a producer of a long message sleeps when all extents have an owner.
  static constexpr std::chrono::milliseconds kNoExtent{1};

  static std::string_view first_of(std::string_view batch) noexcept {
    std::size_t length = 0;
    std::memcpy(&length, batch.data(), sizeof length);
    return batch.substr(sizeof length, length);
  }

  [[nodiscard]] bool is_short(std::size_t length) const noexcept {
    return length <= longest_short(capacity_);
  }

  // Copies a long message into an extent that the calling thread owns from then on. None: it would
  // have to wait.
  [[nodiscard]] OwnedExtent fill(const SharedMemory& memory, std::string_view message, May may) {
    for (;;) {
      OwnedExtent mine;
      {
        std::unique_lock guard(write_lock_, std::defer_lock);
        if (may == May::kWait) guard.lock();
        if (!guard && !guard.try_lock()) return {};
        const PackedHead head = head_.load(std::memory_order_acquire);
        const std::uint32_t unread = head.until(tail_.load(std::memory_order_relaxed).value());
        mine = extents_.take(message.size(),
                             [&](std::uint32_t frame) { return head.until(frame) < unread; });
        at("extent-taken");
      }
      if (mine.is_left_behind) {
        Extents::give_back(memory, std::move(mine));
      } else if (mine.extent != nullptr) {
        memory.write_behind(mine.extent->begin, message);
        at("extent-filled");
        return mine;
      } else if (may == May::kNotWait) {
        return {};
      } else {
        std::this_thread::sleep_for(kNoExtent);
      }
    }
  }

  void notify_of_append(const SharedMemory& memory) noexcept {
    message_.notify_one();
    room_.pass_on_if([&] { return may_have_room(memory); });
  }

  // Waits for room without a lock. Returns with the write lock held and with room.
  [[nodiscard]] std::unique_lock<RobustLock> lock_with_room(const SharedMemory& memory) {
    for (;;) {
      room_.wait(Deadline::never(), [&] {
        if (may_have_room(memory)) return true;
        at("no-room");
        return false;
      });
      std::unique_lock guard(write_lock_);
      at("write-lock-taken");
      if (has_room(memory)) return guard;
    }
  }

  // Without the lock. Another producer may take the room before this one does.
  [[nodiscard]] bool may_have_room(const SharedMemory& memory) noexcept {
    if (!kThreadSanitizer && is_room_behind(seen_head_.load(std::memory_order_relaxed)))
      return true;
    // Loads the head first, as in empty().
    const PackedHead head = head_.load(std::memory_order_acquire);
    // What is wrong is found out with the lock.
    return is_room_behind(head) || is_impossible(head) || !is_whole(memory);
  }

  // With the write lock held, as all functions below that write.
  [[nodiscard]] bool has_room(const SharedMemory& memory) {
    if (!is_whole(memory)) throw_damaged();
    if (!kThreadSanitizer && is_room_behind(seen_head_.load(std::memory_order_relaxed)))
      return true;
    const PackedHead head = head_.load(std::memory_order_acquire);
    if (is_impossible(head)) throw_damaged();
    seen_head_.store(head, std::memory_order_relaxed);
    return is_room_behind(head);
  }

  // Units from there to the tail, which is loaded now.
  [[nodiscard]] std::uint32_t unread_behind(PackedHead head) const noexcept {
    return head.until(tail_.load(std::memory_order_acquire).value());
  }
  [[nodiscard]] bool is_room_behind(PackedHead head) const noexcept {
    const std::uint32_t unread = unread_behind(head);
    return unread <= capacity_ && capacity_ - unread >= reserve(capacity_);
  }
  // The frame of a long message may reach beyond the capacity, by less than the capacity.
  [[nodiscard]] bool is_impossible(PackedHead head) const noexcept {
    return unread_behind(head) > 2 * capacity_;
  }

  // Writes a frame, and commits it. The commit overwrites which producer committed last and how
  // many messages that one had committed, so it saves that first.
  void append(std::string_view message, OwnedExtent& in, Producer producer) {
    const PackedStep before = tail_.load(std::memory_order_relaxed);
    const std::uint32_t begin = before.value();
    const FrameHeader header{
        .length = counted_length(message.size(), capacity_),
        .place = in.extent == nullptr ? FrameHeader::kInRing : FrameHeader::kInExtent};
    ring().write(begin, &header, sizeof header);
    at("frame-begun");
    if (in.extent == nullptr)
      ring().write(begin + 1, message.data(), message.size());
    else
      hand_over(begin, in);
    at("frame-written");
    const auto last = count_of(before.producer());
    last.store(before.sequence(last.load(std::memory_order_relaxed)), std::memory_order_relaxed);
    at("last-commit-saved");
    const std::uint64_t sequence = count_of(producer).load(std::memory_order_relaxed) + 1;
    tail_.store(PackedStep::of(begin + FrameHeader::units(header.length), producer, sequence),
                std::memory_order_release);
    at("committed");
  }

  // The extent is the frame's as soon as the tail moves. Until then no process takes the extent,
  // because that needs the write lock. A reader needs the extent's lock, so it is free before.
  void hand_over(std::uint32_t frame, OwnedExtent& in) {
    const std::uint64_t index = extents_.index_of(*in.extent);
    ring().write(frame + 1, &index, sizeof index);
    in.extent->frame = frame;
    at("extent-named");
    in.ownership.unlock();
    at("extent-released");
  }

  // As !empty(), but loads the tail's cache line only when the remembered tail does not suffice.
  [[nodiscard]] bool readable() const noexcept {
    const PackedHead head = head_.load(std::memory_order_acquire);
    return head.until(seen_tail_.load(std::memory_order_acquire).value()) != 0 || !empty();
  }

  // Takes the message at the head, with the read lock held: a short one whole, and of a long one
  // the extent. What may throw comes before the head moves.
  [[nodiscard]] OwnedExtent take(const SharedMemory& memory, std::string& out) {
    if (!is_whole(memory)) throw_damaged();
    const FrameHeader frame = front();
    const PackedHead head = head_.load(std::memory_order_relaxed);
    OwnedExtent extent;
    if (frame.place == FrameHeader::kInRing) {
      ring().append_to(out, head.position() + 1, frame.length);
    } else {
      extent = claim_of(memory, head.position(), frame.length);
      out.reserve(out.size() + extent.extent->length);
    }
    head_.store(head.past(frame), std::memory_order_release);
    at("head-moved");
    return extent;
  }

  [[nodiscard]] FrameHeader front() {
    const PackedHead head = head_.load(std::memory_order_relaxed);
    std::uint32_t there = head.until(seen_tail_.load(std::memory_order_relaxed).value());
    if (there == 0 || kThreadSanitizer) {
      const PackedStep tail = tail_.load(std::memory_order_acquire);
      seen_tail_.store(tail, std::memory_order_release);
      there = head.until(tail.value());
    }
    const auto frame = ring().read<FrameHeader>(head.position());
    const auto place = is_short(frame.length) ? FrameHeader::kInRing : FrameHeader::kInExtent;
    if (frame.place != place || there > 2 * capacity_ || FrameHeader::units(frame.length) > there) {
      throw_damaged();
    }
    return frame;
  }

  // The extent that a frame names.
  [[nodiscard]] OwnedExtent claim_of(const SharedMemory& memory, std::uint32_t frame,
                                     std::uint32_t counted) {
    const auto index = ring().read<std::uint64_t>(frame + 1);
    if (!extents_.has(index)) throw_damaged();
    OwnedExtent claimed = extents_.claim(index);
    at("extent-claimed");
    const Extent& extent = *claimed.extent;
    if (counted_length(extent.length, capacity_) != counted ||
        !memory.has_behind(extent.begin, extent.length)) {
      throw_damaged();
    }
    return claimed;
  }

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

  alignas(kCacheLine) Extents extents_;

  // Not initialized here: the memory is zero, and untouched pages take no space.
  alignas(kCacheLine) mutable std::array<std::uint64_t, kProducers> counts_;
};

}  // namespace psq::detail
