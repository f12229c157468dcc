// Lines over a Unix stream socket: the transport of the driver protocol.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/posix.h"

namespace psq::conformance {

/// One connection. Neither call blocks for longer than the peer takes to empty the socket's buffer.
class Channel {
 public:
  explicit Channel(Fd socket);

  [[nodiscard]] int fd() const { return socket_.get(); }
  /// The process that connected, from the kernel: no driver can forge it.
  [[nodiscard]] pid_t peer() const { return peer_; }
  /// False once the other end has closed.
  [[nodiscard]] bool open() const { return open_; }

  /// Sends a whole line. A peer that is gone is not an error here: its death is learnt elsewhere.
  void send(std::string_view line);

  /// Hands whole lines that have arrived, without their ends, to `take`: all of them, or those of
  /// the first MiB when more is there. A line over 1 MiB is a DriverError.
  void receive(const std::function<void(std::string_view)>& take);

 private:
  void split(const std::function<void(std::string_view)>& take);

  Fd socket_;
  pid_t peer_;
  bool open_ = true;
  std::string buffer_;
  std::size_t searched_ = 0;  // bytes of buffer_ that hold no line end
};

/// Accepts connections at a path.
class Listener {
 public:
  explicit Listener(const std::filesystem::path& path);

  [[nodiscard]] int fd() const { return socket_.get(); }
  [[nodiscard]] std::optional<Channel> accept();

 private:
  Fd socket_;
};

}  // namespace psq::conformance
