#include "psq/pipe.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "src/fault_seam.h"

namespace psq::detail {

std::pair<int, int> make_socket_pair() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    throw SystemError("cannot make a pair of sockets", errno);
  }
  if constexpr (kFaults)
    if (fault_is(Fault::kDuplexOneWay)) ::shutdown(ends[1], SHUT_WR);
  return {ends[0], ends[1]};
}

std::pair<int, int> make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw SystemError("cannot make a pipe", errno);
  if constexpr (kFaults)
    if (fault_is(Fault::kOneWayReversed)) std::swap(ends[0], ends[1]);
  return {ends[0], ends[1]};
}

}  // namespace psq::detail
