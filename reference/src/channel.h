// The channel under the queues: a ring of framed messages in shared memory, first in, first out.
//
// Messages are written into the ring and then committed by moving its tail, so that what a killed
// writer has not committed never was. Those longer than the ring travel in several frames under one
// hold of the write lock. Nobody has to clean up after a writer that died between two of them: a
// frame that begins a message ends whatever came before, and a reader that waits for a rest looks
// whether the write lock is still held. Where the readers are is one word, which also says whether
// a message has begun: of one that a dead reader has begun the next one throws away the rest. Where
// the writers are is one word as well, which also says who wrote last, and how many messages by
// then. So there is nothing to repair. Nobody holds a lock while it waits for a message to begin.

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
#include "src/robust_lock.h"
#include "src/sanitizers.h"

namespace psq::detail {

inline constexpr std::size_t kCacheLine = 64;

// Whoever wants to know how many messages of its own have become visible has a number from 0 on.
using Writer = std::uint32_t;
inline constexpr std::size_t kWriters = 4096;

// Precedes each frame's payload. Frames are padded to its size, so that none of them is wrapped.
struct FrameHeader {
  // The bits: begins a message, ends one, is a frame.
  enum Part : std::uint32_t { kMiddle = 4, kFirst, kLast, kWhole };

  std::uint32_t length;
  Part part;

  [[nodiscard]] bool begins_message() const noexcept { return (part & 1) != 0; }
  [[nodiscard]] bool ends_message() const noexcept { return (part & 2) != 0; }
  // What a frame with so much payload takes in the ring, in units of a header.
  static constexpr std::uint32_t units(std::size_t length) noexcept {
    return static_cast<std::uint32_t>(1 + (length + sizeof(FrameHeader) - 1) / sizeof(FrameHeader));
  }
};

// The last of the steps that processes take in turn, in one word, so that it is taken at once: what
// came of it, whose it was, and which of that process's own, as far as there is room. Whoever takes
// the next one first writes down somewhere else how many steps the last one's process has taken.
struct Step {
  std::uint64_t word = 0;

  static Step of(std::uint32_t value, Writer who, std::uint64_t number) noexcept {
    static_assert(kWriters == 1 << 12);
    return {value | std::uint64_t{who} << 32 | number << 44};
  }
  [[nodiscard]] std::uint32_t value() const noexcept { return static_cast<std::uint32_t>(word); }
  [[nodiscard]] Writer who() const noexcept { return word >> 32 & (kWriters - 1); }
  // The whole number, from one that was written down not long before.
  [[nodiscard]] std::uint64_t number(std::uint64_t before) const noexcept {
    return before + ((word >> 44) - before) % (std::uint64_t{1} << 20);
  }
};

// Where the readers are, in one word as well: lowest the position of the next frame; then whether
// that frame goes on with a message; highest how many messages were read. All wrap around.
struct Head {
  std::uint64_t word = 0;

  static constexpr std::uint64_t kInMessage = std::uint64_t{1} << 31;

  [[nodiscard]] std::uint32_t position() const noexcept { return word % kInMessage; }
  // Units from here to a position of the writers that is not before it.
  [[nodiscard]] std::uint32_t until(std::uint32_t behind) const noexcept {
    return (behind - position()) % kInMessage;
  }
  [[nodiscard]] bool in_message() const noexcept { return (word & kInMessage) != 0; }
  [[nodiscard]] std::uint64_t messages() const noexcept { return word >> 32; }
  [[nodiscard]] Head out_of_message() const noexcept { return {word & ~kInMessage}; }
  [[nodiscard]] Head past(const FrameHeader& frame) const noexcept {
    const std::uint64_t ends = frame.ends_message() ? 1 : 0;
    return {(position() + FrameHeader::units(frame.length)) % kInMessage | (1 - ends) * kInMessage |
            (messages() + ends) << 32};
  }
};

// Lives in shared memory; all methods may be called by any thread of any process that has it.
class Channel {
 public:
  static constexpr std::size_t kCapacity = std::size_t{256} * 1024;

  // In zeroed memory that goes on behind it for so many bytes, a power of two from 64 on. Throws
  // InvalidArgument.
  explicit Channel(std::size_t capacity = kCapacity)
      : capacity_(static_cast<std::uint32_t>(capacity / sizeof(FrameHeader))) {
    if (capacity < kCacheLine || !std::has_single_bit(capacity)) {
      throw InvalidArgument("the capacity of a channel has to be a power of two, 64 bytes or more");
    }
  }

  // Appends the message, waiting for room as long as it takes. No two threads write with the same
  // number at the same time, if somebody wants to know.
  void send(std::string_view message, Writer writer = 0) {
    const std::lock_guard guard(write_lock_);
    at("write-lock-taken");

    append(message, writer);
    message_.notify_one();
  }

  // The same without waiting for anything. False, with no effect: it would have to.
  [[nodiscard]] bool try_send(std::string_view message, Writer writer) {
    const std::unique_lock guard(write_lock_, std::try_to_lock);
    if (!guard || !has_room(message.size())) return false;
    at("write-lock-taken");
    append(message, writer);
    message_.notify_one();
    return true;
  }

  // Appends the first messages of a batch, at least one and as many as is good for the others,
  // waiting for room for the first. A batch is a row of messages, each after its length, a
  // std::size_t. Returns how many bytes of it were used up.
  [[nodiscard]] std::size_t send_some(std::string_view batch, Writer writer) {
    const std::lock_guard guard(write_lock_);
    at("write-lock-taken");
    std::size_t used = 0;
    while (used < batch.size() && used < kMostAtOnce) {
      std::size_t length = 0;
      std::memcpy(&length, batch.data() + used, sizeof length);
      if (used > 0 && !has_room(length)) break;
      append(batch.substr(used + sizeof length, length), writer);
      used += sizeof length + length;
    }
    message_.notify_one();
    return used;
  }

  // How many messages were ever committed with this number. To be asked by the one who writes with
  // it, or when that one is dead.
  [[nodiscard]] std::uint64_t committed(Writer writer) const noexcept {
    const Step last = tail_.load(std::memory_order_acquire);
    const std::uint64_t number = count_of(writer).load(std::memory_order_relaxed);
    return last.who() == writer ? last.number(number) : number;
  }

  // Appends the oldest message to `out`, waiting for one until the deadline, or until `stop`, which
  // is looked at from time to time: false. Once a message has begun its rest is waited for, unless
  // its writer is dead. Throws Corrupted when the ring holds what no writer writes.
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
      // One notification may stand for several messages, or have gone to somebody who was killed.
      if (readable()) message_.pass_on();
      return true;
    }
    return false;
  }

  // Whether nothing can be read at this moment; a part of a message can.
  [[nodiscard]] bool empty() const noexcept {
    // The head first: it never passes a tail that is read later.
    const Head head = head_.load(std::memory_order_acquire);
    return head.until(tail_.load(std::memory_order_acquire).value()) == 0;
  }

  // How many messages were ever taken out, those included that died with their reader. Wraps
  // around.
  [[nodiscard]] std::uint32_t messages_read() const noexcept {
    return static_cast<std::uint32_t>(head_.load(std::memory_order_acquire).messages());
  }

 private:
  // So much is written under one hold of the lock before others have their turn.
  static constexpr std::size_t kMostAtOnce = std::size_t{32} * 1024;

  // How long a get whose deadline has passed still waits for another one to read its message: long
  // enough to be no reason for an Empty, short enough to be no wait.
  static constexpr std::chrono::milliseconds kLockGrace{20};

  // By the holder of the write lock, as all that follows. Whoever calls it notifies the readers.
  void append(std::string_view message, Writer writer) {
    if (is_short(message.size())) return write(FrameHeader::kWhole, message, writer);
    // The first frame tells how long the message is, the others bring it.
    const std::size_t piece = (capacity_ / 4 - 1) * sizeof(FrameHeader);
    const std::uint64_t length = message.size();
    write(FrameHeader::kFirst, {reinterpret_cast<const char*>(&length), sizeof length}, writer);
    message_.notify_one();
    while (!message.empty()) {
      const std::string_view next = message.substr(0, piece);
      message.remove_prefix(next.size());
      write(message.empty() ? FrameHeader::kLast : FrameHeader::kMiddle, next, writer);
      rest_.notify_one();
      at("piece-sent");
    }
  }

  [[nodiscard]] bool is_short(std::size_t length) const noexcept {
    return length <= (capacity_ / 2 - 1) * sizeof(FrameHeader);
  }

  // Whether a frame fits behind those that are committed, of a message that is to have but one.
  [[nodiscard]] bool has_room(std::size_t length) noexcept {
    if (!is_short(length)) return false;
    const std::uint32_t end =
        tail_.load(std::memory_order_relaxed).value() + FrameHeader::units(length);
    if (!kThreadSanitizer && seen_head_.load(std::memory_order_relaxed).until(end) <= capacity_) {
      return true;
    }
    const Head head = head_.load(std::memory_order_acquire);
    seen_head_.store(head, std::memory_order_relaxed);
    return head.until(end) <= capacity_;
  }

  // Waits for room, writes a frame, and makes it visible. The tail forgets who wrote before: that
  // has to be written down first.
  void write(FrameHeader::Part part, std::string_view payload, Writer writer) {
    const auto fits = [&] { return has_room(payload.size()); };

    room_.wait(Deadline::never(), fits);
    const Step before = tail_.load(std::memory_order_relaxed);
    const std::uint32_t begin = before.value();
    const FrameHeader header{.length = static_cast<std::uint32_t>(payload.size()), .part = part};
    copy_in(begin, &header, sizeof header);
    at("frame-begun");
    copy_in(begin + 1, payload.data(), payload.size());
    at("frame-written");
    const auto last = count_of(before.who());
    last.store(before.number(last.load(std::memory_order_relaxed)), std::memory_order_relaxed);
    at("last-commit-saved");
    const std::uint64_t number =
        count_of(writer).load(std::memory_order_relaxed) + (header.ends_message() ? 1 : 0);
    tail_.store(Step::of(begin + FrameHeader::units(payload.size()), writer, number),
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

  // The same as !empty(), without a look at the writers' line as long as that is not needed.
  [[nodiscard]] bool readable() const noexcept {
    const Head head = head_.load(std::memory_order_acquire);
    return head.until(seen_tail_.load(std::memory_order_acquire).value()) != 0 || !empty();
  }

  // Takes the message that begins at the head. False: its writer died before it was whole.
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
      out.reserve(before + length);  // Before anything is taken: there may be no memory for it.
    }
    drop(frame);
    if (altered("message.complete", frame.ends_message() || take_rest(&out))) return true;

    out.resize(before);
    return false;
  }

  // Takes the frames that remain of a begun message. False: there were not all of them.
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

  // Waits for the next frame, of whatever kind. False: there is none, and nobody is writing one.
  bool wait_for_rest() {
    while (!readable()) {
      // A living writer holds the lock from the first frame to the last.
      const std::unique_lock guard(write_lock_, std::try_to_lock);
      if (altered("writer.gone", guard.owns_lock())) return readable();
      rest_.wait(Deadline::never().within(kLookAgain), [&] { return readable(); });
    }
    return true;
  }

  [[nodiscard]] FrameHeader front() {
    const Head head = head_.load(std::memory_order_relaxed);
    std::uint32_t there = head.until(seen_tail_.load(std::memory_order_relaxed).value());
    if (there == 0 || kThreadSanitizer) {
      const Step tail = tail_.load(std::memory_order_acquire);
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

  // One store: the frame is read, and with the last one of a message the message.
  void drop(const FrameHeader& frame) noexcept {
    head_.store(head_.load(std::memory_order_relaxed).past(frame), std::memory_order_release);
    at(frame.ends_message()                ? "head-moved"
       : frame.part == FrameHeader::kFirst ? "message-begun"
                                           : "piece-read");
    room_.notify_one();
  }

  [[nodiscard]] std::byte* data() noexcept { return reinterpret_cast<std::byte*>(this + 1); }
  // Of each writer, but for what only the tail says so far.
  [[nodiscard]] std::atomic_ref<std::uint64_t> count_of(Writer writer) const noexcept {
    return std::atomic_ref(counts_[writer]);
  }

  // Each side remembers the other's word and looks at it again only when that is not enough, so
  // that the line it stands on does not travel with every message.

  const std::uint32_t capacity_;  // In units, as all positions.

  // The writers' side. What follows the lock is changed under it only.
  alignas(kCacheLine) RobustLock write_lock_;
  std::atomic<Head> seen_head_{};
  alignas(kCacheLine) std::atomic<Step> tail_{};  // All before it is committed.

  // The readers' side. A reader changes nothing but its head.
  alignas(kCacheLine) RobustLock read_lock_;
  std::atomic<Step> seen_tail_{};
  alignas(kCacheLine) std::atomic<Head> head_{};  // All before it has been read.

  // Both sides look at these all the time, and seldom change them.
  alignas(kCacheLine) FutexEvent message_;  // A message has begun.
  FutexEvent rest_;                         // A message has gone on.
  FutexEvent room_;

  // Left as it is: zeroed memory costs nothing before it is touched.
  alignas(kCacheLine) mutable std::array<std::uint64_t, kWriters> counts_;
};

}  // namespace psq::detail
