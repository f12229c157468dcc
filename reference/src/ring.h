// How a channel looks in shared memory.

#ifndef PSQ_SRC_RING_H_
#define PSQ_SRC_RING_H_

#include <atomic>
#include <cstdint>

#include "src/channel.h"
#include "src/futex_event.h"
#include "src/robust_lock.h"

namespace psq::detail {

inline constexpr std::size_t kCacheLine = 64;

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

// Positions count bytes since the beginning and never wrap. The capacity's bytes follow.
struct Channel::Ring {
  // The writers' side.
  alignas(kCacheLine) RobustLock write_lock;
  alignas(kCacheLine) std::atomic<std::uint64_t> tail{0};  // All before it is committed.
  FutexEvent message;                                      // A message has begun.
  FutexEvent rest;                                         // A message has gone on.

  // The readers' side. What follows the lock is changed under it only, in an order that lets the
  // next holder finish what a dead one began.
  alignas(kCacheLine) RobustLock read_lock;
  std::atomic<bool> in_message{false};  // The frame at the head is not the first of its message.
  std::atomic<std::uint64_t> planned_head{0};  // Written before head is moved to it, with
  std::atomic<std::uint64_t> planned_read{0};  // the count of messages that goes with it.
  std::atomic<std::uint64_t> messages_read{0};
  alignas(kCacheLine) std::atomic<std::uint64_t> head{0};  // All before it has been read.
  FutexEvent room;
};

}  // namespace psq::detail

#endif  // PSQ_SRC_RING_H_
