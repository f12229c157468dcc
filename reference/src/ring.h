// The ring of a channel, what stands in it, and the packed states that say where its readers and
// its producers are.
//
// A packed state is a 64-bit number that is stored at once, so that a process that is killed has
// changed all of it or nothing.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

namespace psq::detail {

inline constexpr std::size_t kCacheLine = 64;

// Index of a producer's commit counter in a channel, and of its process record in a queue.
using Producer = std::uint32_t;
inline constexpr std::size_t kProducers = 4096;

// Precedes the payload of each frame. Frames are padded to a multiple of its size, so that no
// header wraps around the end of the ring.
struct FrameHeader {
  enum Place : std::uint32_t { kInRing = 1, kInExtent };

  std::uint32_t length;  // Of the payload; for a message in an extent, what it counts for.
  Place place;

  // The size in the ring of a frame with a payload of `length` bytes, in units of a header.
  static constexpr std::uint32_t units(std::size_t length) noexcept {
    return static_cast<std::uint32_t>(1 + (length + sizeof(FrameHeader) - 1) / sizeof(FrameHeader));
  }
};

// Units of a ring of `capacity` units that have to be free for a message, of whatever length: if
// short ones needed less, they would take the room from long ones for ever. Enough for the longest
// short message, and for the frame of a long one.
constexpr std::uint32_t reserve(std::uint32_t capacity) noexcept {
  return std::max<std::uint32_t>(2, capacity / 16);
}
constexpr std::size_t longest_short(std::uint32_t capacity) noexcept {
  return (reserve(capacity) - 1) * sizeof(FrameHeader);
}
// The length for which the frame of a message counts in such a ring. The bytes of a long one are
// elsewhere, so this only says how many of them may be unread: four, so that neither side waits for
// each message of the other; fewer if a quarter of the ring is less than a sixteenth of their
// length; and one that is 16 times as long as the ring.
constexpr std::uint32_t counted_length(std::uint64_t length, std::uint32_t capacity) noexcept {
  const std::uint64_t all = (capacity - 1) * sizeof(FrameHeader);
  return static_cast<std::uint32_t>(
      std::clamp<std::uint64_t>(length / 16, std::min(length, all / 4), all));
}

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

// Packed state of the readers. From the lowest bit: the position of the next frame; how many
// messages were read. Both wrap around.
struct PackedHead {
  std::uint64_t bits = 0;

  [[nodiscard]] std::uint32_t position() const noexcept { return static_cast<std::uint32_t>(bits); }
  // Units from here to `end`, a position that is not before this one.
  [[nodiscard]] std::uint32_t until(std::uint32_t end) const noexcept { return end - position(); }
  [[nodiscard]] bool has_reached(std::uint32_t position) const noexcept {
    return static_cast<std::int32_t>(until(position)) <= 0;
  }
  [[nodiscard]] std::uint32_t messages() const noexcept {
    return static_cast<std::uint32_t>(bits >> 32);
  }
  [[nodiscard]] PackedHead past(const FrameHeader& frame) const noexcept {
    return {(position() + FrameHeader::units(frame.length)) | std::uint64_t{messages() + 1U} << 32};
  }
};

// The bytes of a ring. Positions count in units of a header and wrap around, so that no access
// leaves the ring.
class Ring {
 public:
  // `capacity` is in units, and a power of two.
  Ring(std::byte* data, std::uint32_t capacity) noexcept : data_(data), capacity_(capacity) {}

  void write(std::uint32_t position, const void* from, std::size_t size) const noexcept {
    const std::size_t until_end = bytes_until_end(position);
    if (size <= until_end) {
      std::memcpy(data_ + offset(position), from, size);
    } else {
      std::memcpy(data_ + offset(position), from, until_end);
      std::memcpy(data_, static_cast<const std::byte*>(from) + until_end, size - until_end);
    }
  }
  void read(std::uint32_t position, void* to, std::size_t size) const noexcept {
    const std::size_t until_end = bytes_until_end(position);
    if (size <= until_end) {
      std::memcpy(to, data_ + offset(position), size);
    } else {
      std::memcpy(to, data_ + offset(position), until_end);
      std::memcpy(static_cast<std::byte*>(to) + until_end, data_, size - until_end);
    }
  }
  void append_to(std::string& out, std::uint32_t position, std::size_t size) const {
    const std::size_t until_end = bytes_until_end(position);
    const auto* const from = reinterpret_cast<const char*>(data_ + offset(position));
    if (size > until_end) {
      out.append(from, until_end);
      out.append(reinterpret_cast<const char*>(data_), size - until_end);
    } else if (out.empty()) {
      out = std::string(from, size);  // Cheaper than to append.
    } else {
      out.append(from, size);
    }
  }

  // Units do not wrap around.
  template <typename Unit>
  void write_unit(std::uint32_t position, const Unit& unit) const noexcept {
    static_assert(sizeof(Unit) == sizeof(FrameHeader));
    std::memcpy(data_ + offset(position), &unit, sizeof unit);
  }
  template <typename Unit>
  [[nodiscard]] Unit read_unit(std::uint32_t position) const noexcept {
    static_assert(sizeof(Unit) == sizeof(FrameHeader));
    Unit unit;
    std::memcpy(&unit, data_ + offset(position), sizeof unit);
    return unit;
  }

 private:
  [[nodiscard]] std::size_t offset(std::uint32_t position) const noexcept {
    return (position & (capacity_ - 1)) * sizeof(FrameHeader);
  }
  [[nodiscard]] std::size_t bytes_until_end(std::uint32_t position) const noexcept {
    return capacity_ * sizeof(FrameHeader) - offset(position);
  }

  std::byte* data_;
  std::uint32_t capacity_;
};

}  // namespace psq::detail
