#include "src/stream.h"

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <csignal>

#include "psq/error.h"

namespace psq::detail {
namespace {

// write(2) for systems without RWF_NOSIGNAL: blocks SIGPIPE in this thread, and consumes the signal
// that the write raised.
ssize_t write_with_signal_blocked(int descriptor, std::span<const std::byte> data) {
  sigset_t pipe_signal;
  sigset_t before;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
  const ssize_t written = ::write(descriptor, data.data(), data.size());
  const int error = errno;
  // A signal that the program itself had blocked stays pending for the program.
  constexpr timespec kNow{};
  if (written < 0 && error == EPIPE && sigismember(&before, SIGPIPE) == 0)
    sigtimedwait(&pipe_signal, nullptr, &kNow);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return written;
}

// write(2) without SIGPIPE. The program's own disposition of that signal stays as it is.
ssize_t write_to_pipe(int descriptor, std::span<const std::byte> data) {
  constexpr int kNoSignal = 0x100;  // RWF_NOSIGNAL, since Linux 6.18
  static std::atomic<bool> is_supported{true};
  if (is_supported) {
    const iovec bytes{const_cast<std::byte*>(data.data()), data.size()};
    const ssize_t written = ::pwritev2(descriptor, &bytes, 1, -1, kNoSignal);
    if (written >= 0 || errno != EOPNOTSUPP) return written;
    is_supported = false;
  }
  return write_with_signal_blocked(descriptor, data);
}

}  // namespace

void throw_stream_error(const char* doing, int error) {
  if (error == EPIPE) throw BrokenPipe();
  if (error == ECONNRESET) throw ConnectionReset();
  if (error == EBADF) throw Closed("connection");
  throw SystemError(doing, error);
}

void write_fully(int descriptor, bool is_socket, std::span<const std::byte> data) {
  while (!data.empty()) {
    data = data.subspan(completed("cannot send", [&] {
      return is_socket ? ::send(descriptor, data.data(), data.size(), MSG_NOSIGNAL)
                       : write_to_pipe(descriptor, data);
    }));
  }
}

void read_fully(int descriptor, std::span<std::byte> room, AtBegin at_begin) {
  while (!room.empty()) {
    const std::size_t got =
        completed("cannot receive", [&] { return ::read(descriptor, room.data(), room.size()); });
    if (got == 0 && at_begin == AtBegin::kEndOfStream) throw EndOfStream();
    if (got == 0) throw Corrupted("got end of file during message");
    room = room.subspan(got);
    at_begin = AtBegin::kCorrupted;
  }
}

}  // namespace psq::detail
