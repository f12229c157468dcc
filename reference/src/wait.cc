// Waiting until connections can be received from or sent to, or processes have ended.

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
    if (ready < 0 && errno != EINTR)
      throw SystemError("cannot wait for connections or processes", errno);
    if (ready > 0 || deadline.has_passed()) return ready;
  }
}

}  // namespace

bool ConnectionBase::poll(Timeout timeout) {
  pollfd watched{.fd = check(kReceives), .events = POLLIN, .revents = 0};
  return poll_until({&watched, 1}, detail::Deadline::after(timeout)) > 0;
}

bool ConnectionBase::wait_for_room(Timeout timeout) const {
  pollfd watched{.fd = check(kSends), .events = POLLOUT, .revents = 0};
  return poll_until({&watched, 1}, detail::Deadline::after(timeout)) > 0;
}

std::vector<Waitable*> wait(const std::vector<Waitable*>& objects, Timeout timeout) {
  std::vector<pollfd> watched;
  for (const Waitable* each : objects) {
    if (each == nullptr) throw InvalidArgument("an object to wait for is null");
    watched.push_back({.fd = each->fd(), .events = POLLIN, .revents = 0});
    if (watched.back().fd < 0) throw Closed("object to wait for");
  }
  poll_until(watched, detail::Deadline::after(timeout));
  std::vector<Waitable*> ready;
  for (std::size_t i = 0; i < watched.size(); ++i) {
    if (watched[i].revents != 0) ready.push_back(objects[i]);
  }
  return ready;
}

}  // namespace psq
