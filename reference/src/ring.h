// How a channel looks in shared memory.

#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "src/channel.h"
#include "src/fault_seam.h"
#include "src/futex_event.h"
#include "src/robust_lock.h"

namespace psq::detail {

// Precedes each frame's payload. Frames are padded to its size, so that none of them is wrapped.
struct Channel::FrameHeader {
  std::uint32_t length;
  Kind kind;

  [[nodiscard]] bool begins_message() const noexcept { return has(Kind::kFirst); }
  [[nodiscard]] bool ends_message() const noexcept { return has(Kind::kLast); }
  // A whole message's only frame is its first one and its last.
  [[nodiscard]] bool has(Kind part) const noexcept {
    const auto bits = static_cast<std::uint32_t>(part);
    return (static_cast<std::uint32_t>(kind) & bits) == bits;
  }
  // Bytes that a frame with so much payload takes in the ring.
  static constexpr std::size_t frame_size(std::size_t length) noexcept {
    constexpr std::size_t kUnit = sizeof(FrameHeader);
    return kUnit + (length + kUnit - 1) / kUnit * kUnit;
  }
};

// Positions count bytes, and start anew after so many.
inline constexpr std::uint64_t kUnits = std::uint64_t{1} << 31;

// Where the readers are, in one word, so that all of it changes at once: lowest the position of the
// next frame, in units of a frame header; then whether that frame goes on with a message; highest
// how many messages were read, which wraps around, too.
struct Channel::Head {
  std::uint64_t word = 0;

  static constexpr std::uint64_t kInMessage = kUnits;

  [[nodiscard]] std::uint64_t position() const noexcept {
    return word % kUnits * sizeof(FrameHeader);
  }
  // Bytes from here to a position of the writers that is not before it.
  [[nodiscard]] std::uint64_t until(std::uint64_t position_behind) const noexcept {
    return (position_behind - position()) % (kUnits * sizeof(FrameHeader));
  }
  [[nodiscard]] bool in_message() const noexcept { return (word & kInMessage) != 0; }
  [[nodiscard]] std::uint32_t messages() const noexcept {
    return static_cast<std::uint32_t>(word >> 32);
  }
  [[nodiscard]] Head out_of_message() const noexcept { return {word & ~kInMessage}; }
  [[nodiscard]] Head past(const FrameHeader& frame) const noexcept {
    const std::uint64_t units =
        (position() + FrameHeader::frame_size(frame.length)) / sizeof frame % kUnits;
    const std::uint32_t read = messages() + (frame.ends_message() ? 1 : 0);
    return {units | (frame.ends_message() ? 0 : kInMessage) | std::uint64_t{read} << 32};
  }
};

// Where the writers are, in one word as well: lowest the position behind the last frame; then who
// wrote it; highest how many messages that writer had committed by then, as far as there is room.
struct Channel::Tail {
  std::uint64_t word = 0;

  static constexpr int kWriterShift = 31;
  static constexpr int kNumberShift = 43;
  static constexpr std::uint64_t kNumbers = std::uint64_t{1} << (64 - kNumberShift);
  static_assert(kWriters == 1 << (kNumberShift - kWriterShift));

  static Tail at(std::uint64_t position, Writer writer, std::uint64_t committed) noexcept {
    return {position / sizeof(FrameHeader) % kUnits | std::uint64_t{writer} << kWriterShift |
            committed << kNumberShift};
  }
  [[nodiscard]] std::uint64_t position() const noexcept {
    return word % kUnits * sizeof(FrameHeader);
  }
  [[nodiscard]] Writer writer() const noexcept { return word >> kWriterShift & (kWriters - 1); }
  // The whole of that number, from an earlier one.
  [[nodiscard]] std::uint64_t committed(std::uint64_t earlier) const noexcept {
    return earlier + ((word >> kNumberShift) - earlier) % kNumbers;
  }
};

// The capacity's bytes follow. Each side remembers the other's word and looks at it again only when
// that is not enough, so that the line it stands on does not travel with every message.
struct Channel::Ring {
  // The writers' side. What follows the lock is changed under it only.
  alignas(kCacheLine) RobustLock write_lock;
  std::atomic<Head> seen_head{};
  alignas(kCacheLine) std::atomic<Tail> tail{};  // All before it is committed.

  // The readers' side. A reader changes nothing but its head.
  alignas(kCacheLine) RobustLock read_lock;
  std::atomic<Tail> seen_tail{};
  alignas(kCacheLine) std::atomic<Head> head{};  // All before it has been read.

  // Both sides look at these all the time, and seldom change them.
  alignas(kCacheLine) FutexEvent message;  // A message has begun.
  FutexEvent rest;                         // A message has gone on.
  FutexEvent room;

  // How many messages each writer has committed, but for what only the tail says so far. Left as it
  // is: zeroed memory costs nothing before it is touched.
  alignas(kCacheLine) std::array<std::uint64_t, kWriters> counts;
  [[nodiscard]] std::atomic_ref<std::uint64_t> count_of(Writer writer) noexcept {
    return std::atomic_ref(counts[writer]);
  }
};

}  // namespace psq::detail
