// How a channel looks in shared memory.

#pragma once

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

  [[nodiscard]] bool begins_message() const noexcept {
    return kind == Kind::kWhole || kind == Kind::kFirst;
  }
  [[nodiscard]] bool ends_message() const noexcept {
    return kind == Kind::kWhole || kind == Kind::kLast;
  }
  // Bytes that a frame with so much payload takes in the ring.
  static constexpr std::size_t frame_size(std::size_t length) noexcept {
    constexpr std::size_t kUnit = sizeof(FrameHeader);
    return kUnit + (length + kUnit - 1) / kUnit * kUnit;
  }
};

// Where the readers are, in one word, so that all of it changes at once: lowest the position of the
// next frame, in units of a frame header; then whether that frame goes on with a message; highest
// how many messages were read. Position and number wrap around.
struct Channel::Head {
  std::uint64_t word = 0;

  static constexpr std::uint64_t kPositions = std::uint64_t{1} << 31;
  static constexpr std::uint64_t kInMessage = kPositions;

  [[nodiscard]] std::uint64_t position() const noexcept {
    return word % kPositions * sizeof(FrameHeader);
  }
  // Bytes from here to a position of the writers that is not before it.
  [[nodiscard]] std::uint64_t until(std::uint64_t position_behind) const noexcept {
    return (position_behind - position()) % (kPositions * sizeof(FrameHeader));
  }
  [[nodiscard]] bool in_message() const noexcept { return (word & kInMessage) != 0; }
  [[nodiscard]] std::uint32_t messages() const noexcept {
    return static_cast<std::uint32_t>(word >> 32);
  }
  [[nodiscard]] Head out_of_message() const noexcept { return {word & ~kInMessage}; }
  [[nodiscard]] Head past(const FrameHeader& frame) const noexcept {
    const std::uint64_t units =
        position() / sizeof frame + FrameHeader::frame_size(frame.length) / sizeof frame;
    const std::uint32_t read = messages() + (frame.ends_message() ? 1 : 0);
    return {units % kPositions | (frame.ends_message() ? 0 : kInMessage) |
            std::uint64_t{read} << 32};
  }
};

// The writers' positions count bytes since the beginning. The capacity's bytes follow. Each side
// remembers the other's position and looks at it again only when that is not enough, so that the
// line it stands on does not travel with every message.
struct Channel::Ring {
  // The writers' side. What follows the lock is changed under it only, in an order that lets the
  // next holder finish what a dead one began.
  alignas(kCacheLine) RobustLock write_lock;
  std::atomic<Head> seen_head{};
  // Where a counter is, seen from here, or 0. Set before tail is moved to planned_tail; the counter
  // then becomes planned_count, and this 0.
  std::atomic<std::ptrdiff_t> planned_counter{0};
  std::atomic<std::uint64_t> planned_tail{0};
  std::atomic<std::uint64_t> planned_count{0};
  alignas(kCacheLine) std::atomic<std::uint64_t> tail{0};  // All before it is committed.

  // The readers' side. A reader changes nothing but its head.
  alignas(kCacheLine) RobustLock read_lock;
  std::atomic<std::uint64_t> seen_tail{0};
  alignas(kCacheLine) std::atomic<Head> head{};  // All before it has been read.

  // Both sides look at these all the time, and seldom change them.
  alignas(kCacheLine) FutexEvent message;  // A message has begun.
  FutexEvent rest;                         // A message has gone on.
  FutexEvent room;
};

// The write lock, and what its dead holder left put right.
class Channel::WriteGuard {
 public:
  WriteGuard(Channel& channel, Deadline deadline) : guard_(channel.ring_->write_lock, deadline) {
    repair(channel);
  }
  WriteGuard(Channel& channel, RobustGuard::Try how) : guard_(channel.ring_->write_lock, how) {
    repair(channel);
  }
  [[nodiscard]] bool owns() const noexcept { return guard_.owns(); }

 private:
  void repair(Channel& channel) noexcept {
    if (guard_.from_the_dead()) channel.repair_writing();
    if constexpr (kFaults)
      if (owns()) fault_point("write-lock-taken");
  }

  RobustGuard guard_;
};

}  // namespace psq::detail
