// How a channel looks in shared memory.

#ifndef PSQ_SRC_RING_H_
#define PSQ_SRC_RING_H_

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
  // Bytes that a frame with so much payload takes in the ring.
  static constexpr std::size_t frame_size(std::size_t length) noexcept {
    constexpr std::size_t kUnit = sizeof(FrameHeader);
    return kUnit + (length + kUnit - 1) / kUnit * kUnit;
  }
};

// Positions count bytes since the beginning and never wrap. The capacity's bytes follow. Each side
// remembers the other's position and looks at it again only when that is not enough, so that the
// line it stands on does not travel with every message.
struct Channel::Ring {
  // The writers' side. What follows the lock is changed under it only, in an order that lets the
  // next holder finish what a dead one began.
  alignas(kCacheLine) RobustLock write_lock;
  std::atomic<std::uint64_t> seen_head{0};
  // Where a counter is, seen from here, or 0. Set before tail is moved to planned_tail; the counter
  // then becomes planned_count, and this 0.
  std::atomic<std::ptrdiff_t> planned_counter{0};
  std::atomic<std::uint64_t> planned_tail{0};
  std::atomic<std::uint64_t> planned_count{0};
  alignas(kCacheLine) std::atomic<std::uint64_t> tail{0};  // All before it is committed.

  // The readers' side, likewise.
  alignas(kCacheLine) RobustLock read_lock;
  std::atomic<std::uint64_t> seen_tail{0};
  std::atomic<bool> in_message{false};  // The frame at the head is not the first of its message.
  std::atomic<std::uint64_t> planned_head{0};  // Written before head is moved to it, with
  std::atomic<std::uint64_t> planned_read{0};  // the count of messages that goes with it.
  alignas(kCacheLine) std::atomic<std::uint64_t> head{0};  // All before it has been read.
  std::atomic<std::uint64_t> messages_read{0};

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

#endif  // PSQ_SRC_RING_H_
