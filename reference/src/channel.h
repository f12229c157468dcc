// The channel under the queues: a ring of framed messages in shared memory, first in, first out.
//
// A producer writes a message into the ring and then commits it by moving the tail. What a killed
// producer has not committed does not exist. A message that is longer than the ring travels in
// several frames while its producer holds the write lock. If the producer dies between two frames,
// nothing has to be repaired: a frame that begins a message ends the message before it, and a
// reader that waits for the next frame checks whether a producer still holds the write lock. The
// head is a packed state that also says whether a message has begun, so that the next reader
// discards a message that its predecessor died reading. The tail is a packed state that also says
// which producer committed last, and how many messages it had committed by then. No process holds a
// lock while it waits for a message to begin.

#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "psq/error.h"
#include "src/clock.h"
#include "src/futex_event.h"
#include "src/probe.h"
#include "src/ring.h"
#include "src/robust_lock.h"
#include "src/sanitizers.h"

namespace psq::detail {

// Lives in shared memory. Any thread of any process that has it may call any method.
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
  // from one thread at a time.
  void send(std::string_view message, Producer producer = 0) {
    const std::lock_guard guard(write_lock_);
    at("write-lock-taken");
    append(message, producer);
    message_.notify_one();
  }

  // As send, but never waits. False, with no effect: it would have to wait.
  [[nodiscard]] bool try_send(std::string_view message, Producer producer) {
    const std::unique_lock guard(write_lock_, std::try_to_lock);
    if (!guard || !has_room(message.size())) return false;
    at("write-lock-taken");
    append(message, producer);
    message_.notify_one();
    return true;
  }

  // Appends the first messages of a batch: at least one, for which it waits for room, and more
  // while there is room, up to kMostAtOnce bytes. A batch is a row of messages, each after its
  // length, a std::size_t. Returns how many bytes of the batch were appended.
  [[nodiscard]] std::size_t send_some(std::string_view batch, Producer producer) {
    const std::lock_guard guard(write_lock_);
    at("write-lock-taken");
    std::size_t used = 0;
    while (used < batch.size() && used < kMostAtOnce) {
      std::size_t length = 0;
      std::memcpy(&length, batch.data() + used, sizeof length);
      if (used > 0 && !has_room(length)) break;
      append(batch.substr(used + sizeof length, length), producer);
      used += sizeof length + length;
    }
    message_.notify_one();
    return used;
  }

  // How many messages the producer has committed so far. Only that producer may ask, or any process
  // after its death.
  [[nodiscard]] std::uint64_t committed(Producer producer) const noexcept {
    const PackedStep last = tail_.load(std::memory_order_acquire);
    const std::uint64_t saved = count_of(producer).load(std::memory_order_relaxed);
    return last.producer() == producer ? last.sequence(saved) : saved;
  }

  // Appends the oldest message to `out`; waits for one until the deadline, or until `stop` is true,
  // which it checks at least every kLookAgain: false. Once a message has begun, it waits for the
  // rest, unless the message's producer is dead. Throws Corrupted when the ring holds what no
  // producer writes.
  [[nodiscard]] bool receive(std::string& out, Deadline deadline, const std::atomic<bool>& stop) {
    const auto ready = [&] { return readable() || stop.load(); };
    while (message_.wait(deadline, ready) && !stop.load()) {
      {
        std::unique_lock guard(read_lock_, std::try_to_lock);
        if (!guard && !guard.try_lock_for(kLockGrace)) {
          if (deadline.has_passed()) return false;
          continue;
        }
        at("read-lock-taken");
        if (head_.load(std::memory_order_relaxed).in_message()) take_rest(nullptr);
        if (!readable() || !take(out)) continue;
      }
      // One notification may stand for several messages, or its receiver may have been killed.
      if (readable()) message_.pass_on();
      return true;
    }
    return false;
  }

  // Whether nothing can be read now. A part of a message can be read.
  [[nodiscard]] bool empty() const noexcept {
    // Loads the head first: it never passes a tail that is loaded later.
    const PackedHead head = head_.load(std::memory_order_acquire);
    return head.until(tail_.load(std::memory_order_acquire).value()) == 0;
  }

  // How many messages were read so far, those included whose reader died reading them. Wraps
  // around.
  [[nodiscard]] std::uint32_t messages_read() const noexcept {
    return static_cast<std::uint32_t>(head_.load(std::memory_order_acquire).messages());
  }

 private:
  // A producer appends no further message under the same hold of the lock after so many bytes.
  static constexpr std::size_t kMostAtOnce = std::size_t{32} * 1024;

  // How long a get whose deadline has passed still waits while another reader holds the lock:
  // longer than a short message takes to read, shorter than a wait that a caller notices.
  static constexpr std::chrono::milliseconds kLockGrace{20};

  // Called with the write lock held, as are all functions below that write. The caller notifies the
  // readers.
  void append(std::string_view message, Producer producer) {
    if (is_short(message.size())) return write(FrameHeader::kWhole, message, producer);
    // The first frame holds the length of the message, the next ones hold the message.
    const std::size_t piece = (capacity_ / 4 - 1) * sizeof(FrameHeader);
    const std::uint64_t length = message.size();
    write(FrameHeader::kFirst, {reinterpret_cast<const char*>(&length), sizeof length}, producer);
    message_.notify_one();
    while (!message.empty()) {
      const std::string_view next = message.substr(0, piece);
      message.remove_prefix(next.size());
      write(message.empty() ? FrameHeader::kLast : FrameHeader::kMiddle, next, producer);
      rest_.notify_one();
      at("piece-sent");
    }
  }

  [[nodiscard]] bool is_short(std::size_t length) const noexcept {
    return length <= (capacity_ / 2 - 1) * sizeof(FrameHeader);
  }

  // Whether a message of `length` bytes fits into the free part of the ring as one frame.
  [[nodiscard]] bool has_room(std::size_t length) noexcept {
    if (!is_short(length)) return false;
    const std::uint32_t end =
        tail_.load(std::memory_order_relaxed).value() + FrameHeader::units(length);
    if (!kThreadSanitizer && seen_head_.load(std::memory_order_relaxed).until(end) <= capacity_) {
      return true;
    }
    const PackedHead head = head_.load(std::memory_order_acquire);
    seen_head_.store(head, std::memory_order_relaxed);
    return head.until(end) <= capacity_;
  }

  // Waits for room, writes a frame, and commits it. The commit overwrites which producer committed
  // last and how many messages that one had committed, so it saves that first.
  void write(FrameHeader::Part part, std::string_view payload, Producer producer) {
    const auto fits = [&] { return has_room(payload.size()); };
    room_.wait(Deadline::never(), fits);
    const PackedStep before = tail_.load(std::memory_order_relaxed);
    const std::uint32_t begin = before.value();
    const FrameHeader header{.length = static_cast<std::uint32_t>(payload.size()), .part = part};
    copy_in(begin, &header, sizeof header);
    at("frame-begun");
    copy_in(begin + 1, payload.data(), payload.size());
    at("frame-written");
    const auto last = count_of(before.producer());
    last.store(before.sequence(last.load(std::memory_order_relaxed)), std::memory_order_relaxed);
    at("last-commit-saved");
    const std::uint64_t sequence =
        count_of(producer).load(std::memory_order_relaxed) + (header.ends_message() ? 1 : 0);
    tail_.store(PackedStep::of(begin + FrameHeader::units(payload.size()), producer, sequence),
                std::memory_order_release);
    at("committed");
  }

  void copy_in(std::uint32_t position, const void* from, std::size_t size) noexcept {
    const std::size_t offset = position % capacity_ * sizeof(FrameHeader);
    const std::size_t until_end = std::min(size, capacity_ * sizeof(FrameHeader) - offset);
    std::memcpy(data() + offset, from, until_end);
    if (size > until_end)
      std::memcpy(data(), static_cast<const std::byte*>(from) + until_end, size - until_end);
  }

  // As !empty(), but loads the tail's cache line only when the remembered tail does not suffice.
  [[nodiscard]] bool readable() const noexcept {
    const PackedHead head = head_.load(std::memory_order_acquire);
    return head.until(seen_tail_.load(std::memory_order_acquire).value()) != 0 || !empty();
  }

  // Reads the message that begins at the head. False: its producer died before it was complete.
  bool take(std::string& out) {
    const FrameHeader frame = front();
    if (!frame.begins_message()) throw Corrupted("a message in the channel has no beginning");
    const std::size_t before = out.size();
    read_payload(frame, out);
    if (!frame.ends_message()) {
      std::uint64_t length = 0;
      if (frame.length != sizeof length)
        throw Corrupted("a long message in the channel has no length");
      std::memcpy(&length, out.data() + before, sizeof length);
      out.resize(before);
      out.reserve(before + length);  // It may throw, so it comes before the head moves.
    }
    drop(frame);
    if (altered("message.complete", frame.ends_message() || take_rest(&out))) return true;
    out.resize(before);
    return false;
  }

  // Reads the remaining frames of a message that has begun, into `out` or, without it, to discard
  // them. False: the message is not complete.
  bool take_rest(std::string* out) {
    while (wait_for_rest()) {
      const FrameHeader frame = front();
      if (frame.begins_message()) break;
      if (out != nullptr) read_payload(frame, *out);
      drop(frame);
      if (frame.ends_message()) return true;
    }
    head_.store(head_.load(std::memory_order_relaxed).out_of_message(), std::memory_order_release);
    return false;
  }

  // Waits for the next frame, of any part. False: there is none, and no producer is writing one.
  bool wait_for_rest() {
    while (!readable()) {
      // A living producer holds the lock from its message's first frame to the last.
      const bool is_free = std::unique_lock(write_lock_, std::try_to_lock).owns_lock();
      if (altered("producer.gone", is_free)) return readable();
      rest_.wait(Deadline::never().within(kLookAgain), [&] { return readable(); });
    }
    return true;
  }

  [[nodiscard]] FrameHeader front() {
    const PackedHead head = head_.load(std::memory_order_relaxed);
    std::uint32_t there = head.until(seen_tail_.load(std::memory_order_relaxed).value());
    if (there == 0 || kThreadSanitizer) {
      const PackedStep tail = tail_.load(std::memory_order_acquire);
      seen_tail_.store(tail, std::memory_order_release);
      there = head.until(tail.value());
    }
    FrameHeader frame;
    std::memcpy(&frame, data() + head.position() % capacity_ * sizeof frame, sizeof frame);
    if (frame.part < FrameHeader::kMiddle || frame.part > FrameHeader::kWhole ||
        FrameHeader::units(frame.length) > there) {
      throw Corrupted("the channel in shared memory is damaged");
    }
    return frame;
  }

  void read_payload(const FrameHeader& frame, std::string& out) {
    const std::uint32_t position = head_.load(std::memory_order_relaxed).position() + 1;
    const std::size_t offset = position % capacity_ * sizeof frame;
    const auto until_end = std::min<std::size_t>(frame.length, capacity_ * sizeof frame - offset);
    out.append(reinterpret_cast<const char*>(data() + offset), until_end);
    out.append(reinterpret_cast<const char*>(data()), frame.length - until_end);
  }

  // Moves the head behind the frame in one store. Behind the last frame of a message, the message
  // counts as read.
  void drop(const FrameHeader& frame) noexcept {
    head_.store(head_.load(std::memory_order_relaxed).past(frame), std::memory_order_release);
    at(frame.ends_message()                ? "head-moved"
       : frame.part == FrameHeader::kFirst ? "message-begun"
                                           : "piece-read");
    room_.notify_one();
  }

  [[nodiscard]] std::byte* data() noexcept { return reinterpret_cast<std::byte*>(this + 1); }
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
  FutexEvent rest_;                         // A further frame of a message is visible.
  FutexEvent room_;

  // Not initialized here: the memory is zero, and untouched pages take no space.
  alignas(kCacheLine) mutable std::array<std::uint64_t, kProducers> counts_;
};

}  // namespace psq::detail
