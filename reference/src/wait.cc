#include <poll.h>

#include "psq/connection.h"
#include "src/connection_faults.h"
#include "src/descriptor_io.h"
#include "src/fault_seam.h"

namespace psq {

std::vector<ConnectionBase*> wait(std::span<ConnectionBase* const> connections, Timeout timeout) {
  if constexpr (detail::kFaults) detail::faulty_wait_begins(timeout);
  const auto deadline = detail::Deadline::after(timeout);
  std::vector<pollfd> watched;
  for (const ConnectionBase* connection : connections) {
    if (connection == nullptr) throw InvalidArgument("a connection to wait for is null");
    if constexpr (detail::kFaults)
      if (detail::fault_is(detail::Fault::kWaitSkipsClosed) && connection->closed()) {
        watched.push_back({.fd = -1, .events = 0, .revents = 0});
        continue;
      }
    if (connection->closed()) throw Closed("connection to wait for");
    watched.push_back({.fd = connection->fd(), .events = POLLIN, .revents = 0});
  }
  detail::poll_until(watched, deadline);
  if constexpr (detail::kFaults) detail::faulty_wait(watched);
  std::vector<ConnectionBase*> ready;
  for (std::size_t i = 0; i < watched.size(); ++i) {
    if (watched[i].revents != 0) ready.push_back(connections[i]);
  }
  return ready;
}

}  // namespace psq
