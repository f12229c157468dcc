// Calls that move bytes: read, write, send, receive, and the close of a descriptor.
//
// A transfer on anything but a pipe or a socket has no pauses: programs read their own files.
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

#include "next.h"
#include "pauses.h"
#include "protocol_socket.h"

namespace psq::slow {
namespace {

constinit Next<ssize_t(int, void*, std::size_t)> next_read{"read"};
constinit Next<ssize_t(int, const void*, std::size_t)> next_write{"write"};
constinit Next<ssize_t(int, const iovec*, int)> next_readv{"readv"};
constinit Next<ssize_t(int, const iovec*, int)> next_writev{"writev"};
constinit Next<ssize_t(int, void*, std::size_t, int)> next_recv{"recv"};
constinit Next<ssize_t(int, const void*, std::size_t, int)> next_send{"send"};
constinit Next<ssize_t(int, void*, std::size_t, int, sockaddr*, socklen_t*)> next_recvfrom{
    "recvfrom"};
constinit Next<ssize_t(int, const void*, std::size_t, int, const sockaddr*, socklen_t)> next_sendto{
    "sendto"};
constinit Next<ssize_t(int, msghdr*, int)> next_recvmsg{"recvmsg"};
constinit Next<ssize_t(int, const msghdr*, int)> next_sendmsg{"sendmsg"};
constinit Next<int(int, const sockaddr*, socklen_t)> next_connect{"connect"};
constinit Next<int(int)> next_close{"close"};

bool is_channel(int descriptor) {
  const int kept = errno;
  struct stat status {};
  const bool known = ::fstat(descriptor, &status) == 0;
  errno = kept;
  return known && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
}

std::size_t size_of(const iovec* parts, std::size_t count) {
  std::size_t size = 0;
  for (std::size_t i = 0; i < count; ++i) size += parts[i].iov_len;
  return size;
}

template <typename Transfer>
ssize_t transferred(int descriptor, std::size_t count, Transfer&& transfer) {
  if (!is_channel(descriptor)) return transfer();
  if (!pause_before_transfer(descriptor, count)) {
    errno = EINTR;
    return -1;
  }
  const ssize_t moved = transfer();
  pause_behind_transfer(descriptor, moved);
  return moved;
}

template <typename Send>
class BoundSending final : public Sending {
 public:
  explicit BoundSending(const Send& send) : send_(send) {}
  ssize_t operator()(const char* bytes, std::size_t count) const override {
    return send_(bytes, count);
  }

 private:
  const Send& send_;
};

/// `send` takes where the bytes begin, and how many there are.
template <typename Send>
ssize_t sent(int descriptor, const void* bytes, std::size_t count, const Send& send) {
  const auto* from = static_cast<const char*>(bytes);
  if (is_protocol(descriptor)) return send_in_pieces(from, count, BoundSending<Send>{send});
  return transferred(descriptor, count, [&] { return send(from, count); });
}

}  // namespace
}  // namespace psq::slow

using namespace psq::slow;

extern "C" {

ssize_t read(int descriptor, void* bytes, std::size_t count) {
  return transferred(descriptor, count, [&] { return next_read(descriptor, bytes, count); });
}

// What a compiler makes of `read` and `recv` into an array whose size it knows.
ssize_t __read_chk(int descriptor, void* bytes, std::size_t count, std::size_t) {
  return read(descriptor, bytes, count);
}

ssize_t readv(int descriptor, const iovec* parts, int count) {
  return transferred(descriptor, size_of(parts, static_cast<std::size_t>(count)),
                     [&] { return next_readv(descriptor, parts, count); });
}

ssize_t recv(int descriptor, void* bytes, std::size_t count, int flags) {
  return transferred(descriptor, count, [&] { return next_recv(descriptor, bytes, count, flags); });
}

ssize_t __recv_chk(int descriptor, void* bytes, std::size_t count, std::size_t, int flags) {
  return recv(descriptor, bytes, count, flags);
}

ssize_t recvfrom(int descriptor, void* bytes, std::size_t count, int flags, sockaddr* from,
                 socklen_t* length) {
  return transferred(descriptor, count,
                     [&] { return next_recvfrom(descriptor, bytes, count, flags, from, length); });
}

ssize_t recvmsg(int descriptor, msghdr* message, int flags) {
  return transferred(descriptor, size_of(message->msg_iov, message->msg_iovlen),
                     [&] { return next_recvmsg(descriptor, message, flags); });
}

ssize_t write(int descriptor, const void* bytes, std::size_t count) {
  return sent(descriptor, bytes, count, [&](const char* from, std::size_t size) {
    return next_write(descriptor, static_cast<const void*>(from), size);
  });
}

ssize_t writev(int descriptor, const iovec* parts, int count) {
  return transferred(descriptor, size_of(parts, static_cast<std::size_t>(count)),
                     [&] { return next_writev(descriptor, parts, count); });
}

ssize_t send(int descriptor, const void* bytes, std::size_t count, int flags) {
  return sent(descriptor, bytes, count, [&](const char* from, std::size_t size) {
    return next_send(descriptor, static_cast<const void*>(from), size, flags);
  });
}

ssize_t sendto(int descriptor, const void* bytes, std::size_t count, int flags, const sockaddr* to,
               socklen_t length) {
  return sent(descriptor, bytes, count, [&](const char* from, std::size_t size) {
    return next_sendto(descriptor, static_cast<const void*>(from), size, flags, to, length);
  });
}

ssize_t sendmsg(int descriptor, const msghdr* message, int flags) {
  return transferred(descriptor, size_of(message->msg_iov, message->msg_iovlen),
                     [&] { return next_sendmsg(descriptor, message, flags); });
}

int connect(int descriptor, const sockaddr* to, socklen_t length) {
  const int result = next_connect(descriptor, to, length);
  if (result == 0) note_connection(descriptor);
  return result;
}

int close(int descriptor) {
  if (is_channel(descriptor)) pause_perhaps();
  return next_close(descriptor);
}

}  // extern "C"
