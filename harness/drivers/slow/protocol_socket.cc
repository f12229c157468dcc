#include "protocol_socket.h"

#include <sched.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <string_view>

#include "pauses.h"

namespace psq::slow {
namespace {

// A hint that saves most calls a look at their descriptor, which may be another one by now.
constexpr std::size_t kDescriptors = 4096;
constinit std::array<std::atomic<bool>, kDescriptors> connected{};

// The pid of the process whose thread is sending, so that a fork meanwhile leaves it free.
constinit std::atomic<pid_t> sender = 0;

class OnlySender {
 public:
  OnlySender() {
    const pid_t me = ::getpid();
    pid_t before = sender.load();
    while (before == me || !sender.compare_exchange_weak(before, me)) {
      ::sched_yield();
      before = sender.load();
    }
  }
  ~OnlySender() { sender = 0; }
  OnlySender(const OnlySender&) = delete;
  OnlySender& operator=(const OnlySender&) = delete;
};

std::string_view peer_path(int descriptor, sockaddr_un& address) {
  socklen_t length = sizeof address;
  const int kept = errno;
  const bool known = ::getpeername(descriptor, reinterpret_cast<sockaddr*>(&address), &length) == 0;
  errno = kept;
  return known && address.sun_family == AF_UNIX ? address.sun_path : "";
}

}  // namespace

void note_connection(int descriptor) {
  if (descriptor >= 0 && static_cast<std::size_t>(descriptor) < kDescriptors)
    connected[static_cast<std::size_t>(descriptor)] = true;
}

bool is_protocol(int descriptor) {
  if (descriptor < 0 || static_cast<std::size_t>(descriptor) >= kDescriptors) return false;
  if (!connected[static_cast<std::size_t>(descriptor)]) return false;
  const char* const path = std::getenv("PSQ_SOCKET");
  sockaddr_un address{};
  return path != nullptr && peer_path(descriptor, address) == path;
}

ssize_t send_in_pieces(const char* bytes, std::size_t count, const Sending& send) {
  const OnlySender alone;
  const std::size_t most = std::max<std::size_t>(1, count / draw_pieces());
  std::size_t sent = 0;
  while (sent < count) {
    const ssize_t moved = send(bytes + sent, std::min(most, count - sent));
    if (moved < 0) return sent > 0 ? static_cast<ssize_t>(sent) : moved;
    sent += static_cast<std::size_t>(moved);
    if (sent < count) pause_between_pieces();
  }
  return static_cast<ssize_t>(sent);
}

void finish_sending() { const OnlySender after_the_last; }

}  // namespace psq::slow
