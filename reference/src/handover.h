// How an end of a pipe travels through a duplex end: as a header that no message has and one byte
// that says what the end can do, with the descriptor attached to them.

#ifndef PSQ_SRC_HANDOVER_H_
#define PSQ_SRC_HANDOVER_H_

#include "psq/connection.h"
#include "src/descriptor_io.h"

namespace psq::detail {

// Sends a copy of the descriptor over a socket, raising no SIGPIPE. All of it or nothing: a sender
// that is killed leaves no part of it behind. Throws BrokenPipe, ConnectionReset, Closed,
// SystemError.
void send_end(int socket, int descriptor, ConnectionBase::Access access);

struct HandedEnd {
  Descriptor descriptor;  // Close-on-exec.
  ConnectionBase::Access access;
};

// Waits for the next thing in the stream and takes it if it is an end; a message stays where it is.
// Throws NotDeserializable for a message, EndOfStream, Corrupted, ConnectionReset, Closed,
// SystemError.
HandedEnd receive_end(int socket);

// Takes the end whose header was read where a message was expected. Throws NotDeserializable.
[[noreturn]] void refuse_end(int socket);

}  // namespace psq::detail

#endif  // PSQ_SRC_HANDOVER_H_
