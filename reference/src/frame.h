// Framing: a message on the wire is its length, then its bytes; psq/connection.h has the format.

#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace psq::detail {

// Stands where a message has its length, and announces an end of a pipe.
inline constexpr std::int32_t kEndInsteadOfLength = std::numeric_limits<std::int32_t>::min();

// Writes the header and the message; in one write(2) when the message is small.
void write_message(int descriptor, bool is_socket, std::span<const std::byte> message);

// Reads a header and returns the length of the message that follows. Throws EndOfStream, Corrupted
// for a length that no message has, and NotDeserializable for an end of a pipe, which is lost.
std::size_t read_length(int descriptor);

}  // namespace psq::detail
