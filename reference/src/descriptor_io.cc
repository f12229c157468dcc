#include "src/descriptor_io.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "psq/error.h"
#include "src/fault_seam.h"

namespace psq::detail {
namespace {

// Keeps SIGPIPE away from this thread, and takes it back if a write has raised it. The program's
// own disposition stays as it is.
class NoSigpipe {
 public:
  NoSigpipe() {
    sigemptyset(&sigpipe_);
    sigaddset(&sigpipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
  }
  ~NoSigpipe() {
    if (sigismember(&before_, SIGPIPE) != 0) return;  // then it is not ours to take back
    if (raised_) {
      constexpr timespec kNow{};
      sigtimedwait(&sigpipe_, nullptr, &kNow);
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoSigpipe(const NoSigpipe&) = delete;
  NoSigpipe& operator=(const NoSigpipe&) = delete;

  void raised() noexcept { raised_ = true; }

 private:
  sigset_t sigpipe_;
  sigset_t before_;
  bool raised_ = false;
};

template <typename Write>
int write_all(std::span<const std::byte> data, const Write& write) {
  while (!data.empty()) {
    const ssize_t written = write(data);
    if (written >= 0) {
      data = data.subspan(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

int write_to_pipe(int descriptor, std::span<const std::byte> data) {
  if constexpr (kFaults)
    if (fault_is(Fault::kSigpipe))
      return write_all(data, [&](auto b) { return ::write(descriptor, b.data(), b.size()); });
  NoSigpipe guard;
  const int error =
      write_all(data, [&](auto rest) { return ::write(descriptor, rest.data(), rest.size()); });
  if (error == EPIPE) guard.raised();
  return error;
}

int write_to_socket(int descriptor, std::span<const std::byte> data) {
  return write_all(
      data, [&](auto rest) { return ::send(descriptor, rest.data(), rest.size(), MSG_NOSIGNAL); });
}

}  // namespace

Descriptor::~Descriptor() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void throw_for(int error, const char* doing) {
  if constexpr (kFaults)
    if (fault_is(Fault::kResetIsCorrupted) && error == ECONNRESET) throw Corrupted("reset");
  switch (error) {
    case EPIPE:
      throw BrokenPipe();
    case ECONNRESET:
      throw ConnectionReset();
    case EBADF:
      throw Closed("connection");  // by another thread, meanwhile
    default:
      throw SystemError(doing, error);
  }
}

int poll_until(std::span<pollfd> descriptors, Deadline deadline) {
  for (;;) {
    timespec left{};
    if (!deadline.is_never()) left = deadline.left();
    const int ready = ppoll(descriptors.data(), descriptors.size(),
                            deadline.is_never() ? nullptr : &left, nullptr);
    if (ready > 0) return ready;
    if (ready < 0 && errno != EINTR) throw SystemError("cannot wait for connections", errno);
    if (deadline.has_passed()) return 0;
  }
}

std::size_t read_fully(int descriptor, std::span<std::byte> room) {
  std::size_t done = 0;
  while (done < room.size()) {
    const ssize_t got = ::read(descriptor, room.data() + done, room.size() - done);
    if (got == 0) break;
    if (got > 0) {
      done += static_cast<std::size_t>(got);
    } else if (errno != EINTR) {
      throw_for(errno, "cannot receive");
    }
  }
  return done;
}

void write_fully(int descriptor, bool is_socket, std::span<const std::byte> data) {
  const int error = is_socket ? write_to_socket(descriptor, data) : write_to_pipe(descriptor, data);
  if constexpr (kFaults)
    if ((fault_is(Fault::kBrokenPipeSilent) || fault_is(Fault::kKilledReaderUnnoticed)) &&
        error == EPIPE)
      return;
  if (error != 0) throw_for(error, "cannot send");
}

}  // namespace psq::detail
