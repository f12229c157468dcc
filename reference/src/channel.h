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

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "src/clock.h"
#include "src/futex_event.h"
#include "src/robust_lock.h"

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
  explicit Channel(std::size_t capacity = kCapacity);

  // Appends the message, waiting for room as long as it takes. No two threads write with the same
  // number at the same time, if somebody wants to know.
  void send(std::string_view message, Writer writer = 0);
  // The same without waiting for anything. False, with no effect: it would have to.
  [[nodiscard]] bool try_send(std::string_view message, Writer writer);
  // Appends the first messages of a batch, at least one and as many as is good for the others,
  // waiting for room for the first. A batch is a row of messages, each after its length, a
  // std::size_t. Returns how many bytes of it were used up.
  [[nodiscard]] std::size_t send_some(std::string_view batch, Writer writer);
  // How many messages were ever committed with this number. To be asked by the one who writes with
  // it, or when that one is dead.
  [[nodiscard]] std::uint64_t committed(Writer writer) const noexcept;

  // Appends the oldest message to `out`, waiting for one until the deadline, or until `stop`, which
  // is looked at from time to time: false. Once a message has begun its rest is waited for, unless
  // its writer is dead. Throws Corrupted when the ring holds what no writer writes.
  [[nodiscard]] bool receive(std::string& out, Deadline deadline, const std::atomic<bool>& stop);

  // Whether nothing can be read at this moment; a part of a message can.
  [[nodiscard]] bool empty() const noexcept;

  // How many messages were ever taken out, those included that died with their reader. Wraps
  // around.
  [[nodiscard]] std::uint32_t messages_read() const noexcept;

 private:
  void append(std::string_view message, Writer writer);
  [[nodiscard]] bool is_short(std::size_t length) const noexcept;
  [[nodiscard]] bool has_room(std::size_t length) noexcept;
  void write(FrameHeader::Part part, std::string_view payload, Writer writer);
  void copy_in(std::uint32_t position, const void* from, std::size_t size) noexcept;

  [[nodiscard]] bool readable() const noexcept;
  bool take(std::string& out);
  bool take_rest(std::string* out);
  bool wait_for_rest();
  [[nodiscard]] FrameHeader front();
  void read_payload(const FrameHeader& frame, std::string& out);
  void drop(const FrameHeader& frame) noexcept;

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
