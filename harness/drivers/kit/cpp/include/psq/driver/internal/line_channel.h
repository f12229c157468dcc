// The connection to the controller: any thread writes whole lines, and one thread reads lines.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "psq/driver/internal/descriptor.h"

namespace psq::driver::internal {

inline constexpr std::size_t kMaxLine = 1048576;  // bytes, with the newline

/// Throws std::system_error, and std::invalid_argument for a path too long for a socket.
inline Fd connect_to(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    throw std::invalid_argument("PSQ_SOCKET is longer than a socket's path can be: " + path);
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  Fd socket = above_standard(Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)));
  if (socket.get() < 0) throw std::system_error(errno, std::generic_category(), "socket");
  const void* any = &address;
  while (::connect(socket.get(), static_cast<const sockaddr*>(any), sizeof address) != 0) {
    if (errno == EINTR) continue;
    throw std::system_error(errno, std::generic_category(), "connect to PSQ_SOCKET " + path);
  }
  return socket;
}

/// Splits a stream of bytes into lines. It skips a line of more than kMaxLine bytes and reports it
/// once.
class LineSplitter {
 public:
  /// Calls `take(line)` for each line that ends in `bytes`, and `too_long()` for each skipped line.
  template <typename Take, typename TooLong>
  void feed(std::string_view bytes, Take&& take, TooLong&& too_long) {
    while (!bytes.empty()) {
      const std::size_t end = bytes.find('\n');
      const std::string_view part = bytes.substr(0, end);
      if (!skipping_ && line_.size() + part.size() >= kMaxLine) {
        skipping_ = true;
        line_.clear();
        too_long();
      }
      if (!skipping_) line_.append(part);
      if (end == std::string_view::npos) return;
      if (!skipping_) take(std::string_view(line_));
      line_.clear();
      skipping_ = false;
      bytes.remove_prefix(end + 1);
    }
  }

 private:
  std::string line_;
  bool skipping_ = false;
};

/// Any thread may call `send`; one thread calls `read_lines`.
class LineChannel {
 public:
  explicit LineChannel(Fd socket) : socket_(std::move(socket)) {}

  [[nodiscard]] int descriptor() const { return socket_.get(); }

  /// Writes the line and a newline, without bytes of other lines between. Drops a line that cannot
  /// be written, because `read_lines` also notices that the controller is gone.
  void send(std::string line) {
    line += '\n';
    const std::lock_guard lock(sending_);
    for (std::string_view rest = line; !rest.empty();) {
      const ssize_t sent = ::send(socket_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) continue;
      if (sent < 0) return;
      rest.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  /// Writes a short line in one piece, or not at all when there is no room for it now. Waits for no
  /// other thread.
  void send_at_once(std::string line) const {
    line += '\n';
    (void)::send(socket_.get(), line.data(), line.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }

  /// Returns when the connection ends, also by an error.
  template <typename Take, typename TooLong>
  void read_lines(Take&& take, TooLong&& too_long) {
    LineSplitter splitter;
    std::array<char, 65536> buffer;
    while (true) {
      const ssize_t count = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return;
      splitter.feed({buffer.data(), static_cast<std::size_t>(count)}, take, too_long);
    }
  }

 private:
  Fd socket_;
  std::mutex sending_;
};

}  // namespace psq::driver::internal
