// The framing of messages in a byte stream, which is Python's.

#ifndef PSQ_SRC_FRAMING_H_
#define PSQ_SRC_FRAMING_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>

namespace psq::detail {

// Messages up to this many bytes are written together with their header, in one write.
inline constexpr std::size_t kWrittenAtOnce = 16384;

// Lengths up to this one fit into the short header.
inline constexpr std::uint64_t kLongestShort = 0x7fffffff;

inline constexpr std::size_t kShortHeader = 4;
inline constexpr std::size_t kLongHeader = 8;  // Follows a short header of -1.

// A header that no message has: behind it comes an end of a pipe (src/handover.h). Its first byte
// alone tells it from all others.
inline constexpr std::int32_t kEndFollows = std::numeric_limits<std::int32_t>::min();

struct MessageHeader {
  std::array<std::byte, kShortHeader + kLongHeader> bytes{};
  std::size_t size = 0;
};

template <typename Unsigned>
constexpr void put_big_endian(Unsigned value, std::byte* out) {
  for (std::size_t i = sizeof value; i-- > 0; value = static_cast<Unsigned>(value >> 8)) {
    out[i] = static_cast<std::byte>(value & 0xff);
  }
}

template <typename Unsigned>
constexpr Unsigned get_big_endian(std::span<const std::byte> bytes) {
  Unsigned value = 0;
  for (const std::byte byte : bytes) {
    value = static_cast<Unsigned>((value << 8) | std::to_integer<Unsigned>(byte));
  }
  return value;
}

constexpr MessageHeader make_header(std::uint64_t length) {
  MessageHeader header;
  if (length <= kLongestShort) {
    put_big_endian(static_cast<std::uint32_t>(length), header.bytes.data());
    header.size = kShortHeader;
  } else {
    put_big_endian(std::uint32_t{0xffffffff}, header.bytes.data());
    put_big_endian(length, header.bytes.data() + kShortHeader);
    header.size = kShortHeader + kLongHeader;
  }
  return header;
}

}  // namespace psq::detail

#endif  // PSQ_SRC_FRAMING_H_
