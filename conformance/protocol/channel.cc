#include "protocol/channel.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "protocol/error.h"

namespace psq::conformance {
namespace {

// With its end.
constexpr std::size_t kLongestLine = 1 << 20;
// A peer that sends without pause may not keep its reader here. More than a socket's buffer holds,
// so that one call reads all that a dead peer has left.
constexpr std::size_t kMostAtOnce = 1 << 20;

pid_t peer_of(int socket) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return 0;
  return credentials.pid;
}

void expect_short(std::size_t line) {
  if (line > kLongestLine) throw DriverError{"a line is longer than 1 MiB"};
}

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error{errno, std::generic_category(), what};
}

}  // namespace

Channel::Channel(Fd socket) : socket_(std::move(socket)), peer_(peer_of(socket_.get())) {}

void Channel::send(std::string_view line) {
  while (!line.empty()) {
    const auto sent = ::send(socket_.get(), line.data(), line.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      line.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      pollfd writable{.fd = socket_.get(), .events = POLLOUT, .revents = 0};
      if (::poll(&writable, 1, 10'000) == 0)
        throw DriverError{"the driver does not read its requests"};
    } else if (errno != EINTR) {
      return;
    }
  }
}

void Channel::receive(const std::function<void(std::string_view)>& take) {
  std::array<char, 65536> chunk;
  std::size_t taken = 0;
  while (open_ && taken < kMostAtOnce) {
    const auto got = ::recv(socket_.get(), chunk.data(), chunk.size(), MSG_DONTWAIT);
    if (got > 0) {
      taken += static_cast<std::size_t>(got);
      buffer_.append(chunk.data(), static_cast<std::size_t>(got));
      split(take);
    } else if (got == 0) {
      open_ = false;
    } else if (errno == EAGAIN) {
      return;
    } else if (errno != EINTR) {
      open_ = false;
    }
  }
}

void Channel::split(const std::function<void(std::string_view)>& take) {
  std::size_t begin = 0;
  while (true) {
    const auto end = buffer_.find('\n', std::max(begin, searched_));
    if (end == std::string::npos) break;
    expect_short(end + 1 - begin);
    take(std::string_view{buffer_}.substr(begin, end - begin));
    begin = end + 1;
  }
  buffer_.erase(0, begin);
  searched_ = buffer_.size();
  expect_short(buffer_.size());
}

Listener::Listener(const std::filesystem::path& path)
    : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = path.string();
  if (name.size() >= sizeof address.sun_path) {
    throw std::runtime_error{"the socket's path " + name +
                             " is too long; set TMPDIR to a shorter folder"};
  }
  std::memcpy(address.sun_path, name.c_str(), name.size() + 1);
  if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    fail("cannot bind " + name);
  }
  if (::listen(socket_.get(), 64) != 0) fail("cannot listen at " + name);
}

std::optional<Channel> Listener::accept() {
  Fd socket{::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};
  if (!socket.open()) return std::nullopt;
  return Channel{std::move(socket)};
}

}  // namespace psq::conformance
