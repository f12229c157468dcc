// Items as bytes: made from producer, number and size, and checked byte by byte when received.
//
//   0  magic            4 bytes
//   4  size             4 bytes, with the overhead
//   8  seq              8 bytes
//  16  slow_deserialize 4 bytes, microseconds
//  20  fail_deserialize 1 byte, one more than the kind of failure
//  21  length of from   1 byte
//  22  checksum         8 bytes, over all bytes before it and over from
//  30  from
//      filler           up to `size`, from a generator that from and seq seed
//
// Integers have the byte order of the machine, because an item never leaves it.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "psq/driver/operation.h"
#include "psq/driver/outcome.h"

namespace psq::driver {

/// The least size of an item in bytes, enough for a `from` of up to 34 bytes. A longer `from` needs
/// a larger item. An implementation whose serialization adds `overhead` bytes gives kLeastItemBytes
/// + overhead in its hello.
inline constexpr std::size_t kLeastItemBytes = 64;

namespace internal {

inline constexpr std::string_view kMagic = "\x8fpsq";
inline constexpr std::size_t kChecksumAt = 22;
inline constexpr std::size_t kFromAt = 30;

inline std::uint64_t mix(std::uint64_t x) {  // the finalizer of splitmix64
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

inline std::uint64_t digest(std::string_view bytes, std::uint64_t seed) {
  std::uint64_t hash = seed;
  for (const char byte : bytes) {
    hash = mix(hash + 0x9e3779b97f4a7c15U + static_cast<unsigned char>(byte));
  }
  return hash;
}

/// The filler repeats a block of so many bytes, so that making and checking a large item is copying
/// and comparing memory. A prime: no power of two, by which transports cut what they carry, shifts
/// the filler onto itself.
inline constexpr std::size_t kBlock = 4093;

/// The first bytes of the filler, at most a block of them.
inline void make_block(char* to, std::size_t size, std::string_view from, std::uint64_t seq) {
  std::uint64_t state = digest(from, mix(seq + 1));
  for (std::size_t at = 0; at < size; at += sizeof state) {
    state += 0x9e3779b97f4a7c15U;
    const std::uint64_t next = mix(state);
    std::memcpy(to + at, &next, std::min(sizeof next, size - at));
  }
}

inline void make_filler(char* to, std::size_t size, std::string_view from, std::uint64_t seq) {
  std::size_t done = std::min(size, kBlock);
  make_block(to, done, from, seq);
  while (done < size) {  // what is there, which is whole blocks, once more
    const std::size_t more = std::min(done, size - done);
    std::memcpy(to + done, to, more);
    done += more;
  }
}

template <typename Number>
void store(std::string& bytes, std::size_t at, Number number) {
  std::memcpy(bytes.data() + at, &number, sizeof number);
}

template <typename Number>
Number load(std::string_view bytes, std::size_t at) {
  Number number{};
  std::memcpy(&number, bytes.data() + at, sizeof number);
  return number;
}

inline std::uint64_t header_digest(std::string_view header, std::string_view from) {
  return digest(from, digest(header.substr(0, kChecksumAt), 1));
}

inline std::uint32_t to_microseconds(Seconds duration) {
  const double most = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::clamp(duration.count() * 1e6, 0.0, most));
}

inline std::uint8_t fail_byte(const Item& item) {
  if (item.fail != Fail::kDeserialize) return 0;
  return static_cast<std::uint8_t>(1 + static_cast<int>(item.failure));
}

/// The kind of failure of a fail_byte that is not zero.
inline Failure failure_of(std::uint8_t byte) {
  return byte > 1 + static_cast<int>(Failure::kOther) ? Failure::kError
                                                      : static_cast<Failure>(byte - 1);
}

inline bool filler_is_right(std::string_view filler, std::string_view from, std::uint64_t seq) {
  std::array<char, kBlock> block;
  const std::size_t first = std::min(filler.size(), kBlock);
  make_block(block.data(), first, from, seq);
  return std::memcmp(filler.data(), block.data(), first) == 0 &&
         std::memcmp(filler.data(), filler.data() + first, filler.size() - first) == 0;
}

}  // namespace internal

/// The bytes of the item: `item.size - overhead` of them, where `overhead` is the number of bytes
/// that the implementation's serialization adds. Throws Refusal when the header and `from` do not
/// fit.
inline std::string make_item(const Item& item, std::size_t overhead = 0) {
  const std::size_t least = internal::kFromAt + item.from.size() + overhead;
  if (item.size < least || item.from.size() > 255 || item.size > 0xffffffffU) {
    throw Refusal(Outcome::kBadRequest,
                  "an item of " + std::to_string(item.size) + " bytes from a name of " +
                      std::to_string(item.from.size()) + " cannot be made: it needs at least " +
                      std::to_string(least) +
                      " bytes, a name of at most 255 and 4294967295 bytes at most");
  }
  std::string bytes(item.size - overhead, '\0');
  std::copy(internal::kMagic.begin(), internal::kMagic.end(), bytes.begin());
  internal::store(bytes, 4, static_cast<std::uint32_t>(item.size));
  internal::store(bytes, 8, item.seq);
  internal::store(bytes, 16, internal::to_microseconds(item.slow_deserialize));
  internal::store(bytes, 20, internal::fail_byte(item));
  internal::store(bytes, 21, static_cast<std::uint8_t>(item.from.size()));
  internal::store(bytes, internal::kChecksumAt, internal::header_digest(bytes, item.from));
  std::copy(item.from.begin(), item.from.end(), bytes.begin() + internal::kFromAt);
  const std::size_t header = internal::kFromAt + item.from.size();
  internal::make_filler(bytes.data() + header, bytes.size() - header, item.from, item.seq);
  return bytes;
}

/// Reads an item from `bytes`. `intact` is false when a byte differs from those of make_item.
/// Returns nullopt when the bytes are not an item. Safe on any input.
inline std::optional<Item> check_item(std::string_view bytes, std::size_t overhead = 0) {
  if (bytes.size() < internal::kFromAt || !bytes.starts_with(internal::kMagic)) return std::nullopt;
  const std::size_t length = internal::load<std::uint8_t>(bytes, 21);
  Item item;
  item.from =
      bytes.substr(internal::kFromAt, length);  // ends with the bytes, whatever `length` claims
  item.seq = internal::load<std::uint64_t>(bytes, 8);
  item.size = internal::load<std::uint32_t>(bytes, 4);
  item.slow_deserialize = std::chrono::duration_cast<Seconds>(
      std::chrono::microseconds{internal::load<std::uint32_t>(bytes, 16)});
  const auto fail = internal::load<std::uint8_t>(bytes, 20);
  if (fail != 0) {
    item.fail = Fail::kDeserialize;
    item.failure = internal::failure_of(fail);
  }
  item.intact =
      item.size == bytes.size() + overhead && item.from.size() == length &&
      internal::load<std::uint64_t>(bytes, internal::kChecksumAt) ==
          internal::header_digest(bytes, item.from) &&
      internal::filler_is_right(bytes.substr(internal::kFromAt + length), item.from, item.seq);
  return item;
}

/// What a codec does in addition when it deserializes an item: sleep or fail. Reads only the
/// header, so that every call can afford it. A broken item has no levers.
struct Levers {
  bool fail = false;
  Failure failure = Failure::kError;
  Seconds slow{0};
};
inline Levers deserialize_levers(std::string_view bytes) {
  if (bytes.size() < internal::kFromAt || !bytes.starts_with(internal::kMagic)) return {};
  const std::uint32_t microseconds = internal::load<std::uint32_t>(bytes, 16);
  const auto fail = internal::load<std::uint8_t>(bytes, 20);
  if (microseconds == 0 && fail == 0) return {};
  const std::size_t length = internal::load<std::uint8_t>(bytes, 21);
  const std::string_view from = bytes.substr(internal::kFromAt, length);
  if (internal::load<std::uint64_t>(bytes, internal::kChecksumAt) !=
      internal::header_digest(bytes, from)) {
    return {};
  }
  return {.fail = fail != 0,
          .failure = fail == 0 ? Failure::kError : internal::failure_of(fail),
          .slow = Seconds{microseconds / 1e6}};
}

}  // namespace psq::driver
