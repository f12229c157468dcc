// Descriptors that travel through Unix sockets, in order with the messages of connections.
//
// Threads: as for a connection.

#pragma once

#include <cstddef>
#include <string>

#include "psq/descriptor.h"

namespace psq::detail {

// What stands beside a descriptor in the stream, for errors: "connection", "queue".
struct Cargo {
  const char* name;
  std::byte least;  // The bytes that say what it is are from `least` to `most`.
  std::byte most;
};
inline constexpr Cargo kConnectionCargo{"connection", std::byte{0}, std::byte{7}};
inline constexpr Cargo kQueueCargo{"queue", std::byte{8}, std::byte{8}};

// Sends a copy of the descriptor and the byte `what`. One system call: a sender that is killed
// leaves all of it in the stream or nothing. Throws SystemError, BrokenPipe and ConnectionReset.
void send_descriptor(int socket, int descriptor, const Cargo& cargo, std::byte what);

struct ReceivedDescriptor {
  Descriptor descriptor;  // The library's own.
  std::byte what;
};

// Waits for a descriptor and receives it. Throws, with nothing received, NotDeserializable when
// something else comes next, SystemError (EMFILE) when this process has no descriptor free; and
// EndOfStream, Corrupted, SystemError.
[[nodiscard]] ReceivedDescriptor receive_descriptor(int socket, const Cargo& cargo);

}  // namespace psq::detail
