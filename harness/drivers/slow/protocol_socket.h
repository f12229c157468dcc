// The connection to the controller: its answers may be sent in pieces; nothing else may.
#pragma once

#include <sys/types.h>

#include <cstddef>

namespace psq::slow {

/// Notes that this descriptor was connected.
void note_connection(int descriptor);

/// Whether the descriptor is a connection to the socket of PSQ_SOCKET. Keeps errno.
bool is_protocol(int descriptor);

/// A send of some bytes, with the arguments of the intercepted call bound.
class Sending {
 public:
  virtual ssize_t operator()(const char* bytes, std::size_t count) const = 0;

 protected:
  ~Sending() = default;
};

/// Sends the bytes in several calls, with pauses in between. The bytes of no other thread come
/// between them, and the result is that of one send on a stream.
ssize_t send_in_pieces(const char* bytes, std::size_t count, const Sending& send);

/// Waits until no thread is within `send_in_pieces`: before the end of the process, which would cut
/// what a single send does not.
void finish_sending();

}  // namespace psq::slow
