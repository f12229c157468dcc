#include "src/frame.h"

#include <endian.h>

#include <algorithm>
#include <array>
#include <string>

#include "psq/error.h"
#include "src/stream.h"

namespace psq::detail {
namespace {

// The largest message that shares one write with its header. A larger one would be copied for that,
// which costs more than a second system call.
constexpr std::size_t kWrittenAtOnce = 16384;

constexpr std::int32_t kLongLengthFollows = -1;

}  // namespace

void write_message(int descriptor, bool is_socket, std::span<const std::byte> message) {
  const auto low = static_cast<std::uint32_t>(message.size());
  const auto high = static_cast<std::uint32_t>(message.size() >> 32);
  const std::array parts{static_cast<std::uint32_t>(kLongLengthFollows), htobe32(high),
                         htobe32(low)};
  const auto header = std::as_bytes(std::span(parts).last(message.size() > INT32_MAX ? 3 : 1));
  if (message.size() > kWrittenAtOnce) {
    write_fully(descriptor, is_socket, header);
    return write_fully(descriptor, is_socket, message);
  }
  std::array<std::byte, sizeof(std::uint32_t) + kWrittenAtOnce> both;
  std::ranges::copy(message, std::ranges::copy(header, both.begin()).out);
  write_fully(descriptor, is_socket, std::span(both).first(header.size() + message.size()));
}

std::size_t read_length(int descriptor) {
  std::uint32_t header = 0;
  read_fully(descriptor, std::as_writable_bytes(std::span(&header, 1)), AtBegin::kEndOfStream);
  std::int64_t length = static_cast<std::int32_t>(be32toh(header));
  if (length == kEndInsteadOfLength) {
    std::byte access;
    read_fully(descriptor, {&access, 1});
    throw NotDeserializable(
        "a connection or a queue came and no message; receive it with recv_connection or "
        "receive_from");
  }
  if (length == kLongLengthFollows) {
    std::uint64_t long_header = 0;
    read_fully(descriptor, std::as_writable_bytes(std::span(&long_header, 1)));
    length = static_cast<std::int64_t>(be64toh(long_header));
  }
  if (length >= 0) return static_cast<std::size_t>(length);
  throw Corrupted("got a message of impossible length " + std::to_string(length) +
                  "; do both ends of the pipe write whole messages?");
}

}  // namespace psq::detail
