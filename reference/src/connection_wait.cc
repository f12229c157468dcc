// Waiting until connections can be received from.

#include <poll.h>

#include "psq/connection.h"
#include "src/clock.h"

namespace psq {
namespace {

// poll(2) until a descriptor is ready or the deadline passes; returns how many are ready.
int poll_until(std::span<pollfd> descriptors, detail::Deadline deadline) {
  for (;;) {
    // A deadline that never passes has no length: an hour, then again. The kernel keeps the end of
    // a poll while the process is stopped. After a stop a ppoll waits for what was left before it:
    // so it has only what is less than a millisecond.
    const timespec left = deadline.within(std::chrono::hours(1)).left();
    const auto milliseconds = static_cast<int>(left.tv_sec * 1000 + left.tv_nsec / 1'000'000);
    const int ready = milliseconds > 0
                          ? ::poll(descriptors.data(), descriptors.size(), milliseconds)
                          : ::ppoll(descriptors.data(), descriptors.size(), &left, nullptr);
    if (ready < 0 && errno != EINTR) throw SystemError("cannot wait for connections", errno);
    if (ready > 0 || deadline.has_passed()) return ready;
  }
}

}  // namespace

bool ConnectionBase::poll(Timeout timeout) {
  pollfd watched{.fd = check(kReceives), .events = POLLIN, .revents = 0};
  return poll_until({&watched, 1}, detail::Deadline::after(timeout)) > 0;
}

std::vector<ConnectionBase*> wait(const std::vector<ConnectionBase*>& connections,
                                  Timeout timeout) {
  std::vector<pollfd> watched;
  for (const ConnectionBase* connection : connections) {
    if (connection == nullptr) throw InvalidArgument("a connection to wait for is null");
    if (connection->closed()) throw Closed("connection to wait for");
    watched.push_back({.fd = connection->fd(), .events = POLLIN, .revents = 0});
  }
  poll_until(watched, detail::Deadline::after(timeout));
  std::vector<ConnectionBase*> ready;
  for (std::size_t i = 0; i < watched.size(); ++i) {
    if (watched[i].revents != 0) ready.push_back(connections[i]);
  }
  return ready;
}

}  // namespace psq
