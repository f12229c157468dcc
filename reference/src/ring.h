// What stands in the ring of a channel, and the packed states that say where its readers and its
// producers are.
//
// A packed state is a 64-bit number that is stored at once, so that a process that is killed has
// changed all of it or nothing.

#pragma once

#include <cstddef>
#include <cstdint>

namespace psq::detail {

inline constexpr std::size_t kCacheLine = 64;

// Index of a producer's commit counter in a channel, and of its process record in a queue.
using Producer = std::uint32_t;
inline constexpr std::size_t kProducers = 4096;

// Precedes the payload of each frame. Frames are padded to a multiple of its size, so that no
// header wraps around the end of the ring.
struct FrameHeader {
  // The bits: begins a message, ends a message, is a frame.
  enum Part : std::uint32_t { kMiddle = 4, kFirst, kLast, kWhole };

  std::uint32_t length;
  Part part;

  [[nodiscard]] bool begins_message() const noexcept { return (part & 1) != 0; }
  [[nodiscard]] bool ends_message() const noexcept { return (part & 2) != 0; }
  // The size in the ring of a frame with a payload of `length` bytes, in units of a header.
  static constexpr std::uint32_t units(std::size_t length) noexcept {
    return static_cast<std::uint32_t>(1 + (length + sizeof(FrameHeader) - 1) / sizeof(FrameHeader));
  }
};

// Packed state of the last step of all producers: a value, the producer, and the lowest 20 bits of
// that producer's sequence number. A producer that takes the next step overwrites it, so it first
// saves the sequence number to the counter of the producer that took the last one.
struct PackedStep {
  std::uint64_t bits = 0;

  static PackedStep of(std::uint32_t value, Producer producer, std::uint64_t sequence) noexcept {
    static_assert(kProducers == 1 << 12);
    return {value | std::uint64_t{producer} << 32 | sequence << 44};
  }
  [[nodiscard]] std::uint32_t value() const noexcept { return static_cast<std::uint32_t>(bits); }
  [[nodiscard]] Producer producer() const noexcept { return bits >> 32 & (kProducers - 1); }
  // The whole sequence number. `saved` is one that was saved at most 2^20 - 1 steps before.
  [[nodiscard]] std::uint64_t sequence(std::uint64_t saved) const noexcept {
    return saved + ((bits >> 44) - saved) % (std::uint64_t{1} << 20);
  }
};

// Packed state of the readers. From the lowest bit: the position of the next frame; whether that
// frame continues a message; how many messages were read. All three wrap around.
struct PackedHead {
  std::uint64_t bits = 0;

  static constexpr std::uint64_t kInMessage = std::uint64_t{1} << 31;

  [[nodiscard]] std::uint32_t position() const noexcept { return bits % kInMessage; }
  // Units from here to `end`, a position that is not before this one.
  [[nodiscard]] std::uint32_t until(std::uint32_t end) const noexcept {
    return (end - position()) % kInMessage;
  }
  [[nodiscard]] bool in_message() const noexcept { return (bits & kInMessage) != 0; }
  [[nodiscard]] std::uint64_t messages() const noexcept { return bits >> 32; }
  [[nodiscard]] PackedHead out_of_message() const noexcept { return {bits & ~kInMessage}; }
  [[nodiscard]] PackedHead past(const FrameHeader& frame) const noexcept {
    const std::uint64_t ends = frame.ends_message() ? 1 : 0;
    return {(position() + FrameHeader::units(frame.length)) % kInMessage | (1 - ends) * kInMessage |
            (messages() + ends) << 32};
  }
};

}  // namespace psq::detail
