// The process in the middle: a PULL socket of all producers before a PUSH socket of all consumers.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <system_error>
#include <thread>

#include "queue.h"

namespace psq::zeromq {
namespace {

constexpr int kLifeline = 3;
constexpr int kServes = 4;

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
      throw std::system_error(errno, std::generic_category(), "pipe");
    reads = ends[0];
    writes = ends[1];
  }
  int reads = -1;
  int writes = -1;
};

// In the new process.
[[noreturn]] void become_streamer(const std::string& name, int lifeline, int serves) {
  // Above the numbers that they get, so that neither takes the other's place.
  const int first = ::fcntl(lifeline, F_DUPFD_CLOEXEC, 10);
  const int second = ::fcntl(serves, F_DUPFD_CLOEXEC, 10);
  ::dup2(first, kLifeline);
  ::dup2(second, kServes);
  ::execl("/proc/self/exe", "psq-zeromq-driver", "--streamer", name.c_str(), nullptr);
  ::_exit(127);
}

void await_end_of_file(int descriptor) {
  char byte = 0;
  for (;;) {
    const ssize_t got = ::read(descriptor, &byte, 1);
    if (got == 0 || (got < 0 && errno != EINTR)) return;
  }
}

std::string new_name() {
  static std::atomic<int> made = 0;
  return "ipc://@psq-zeromq-" + std::to_string(::getpid()) + "-" + std::to_string(made++);
}

}  // namespace

Handle start_streamer() {
  const std::string name = new_name();
  const Pipe lifeline;
  const Pipe serves;
  // A child of a child: it is not the creator's to wait for.
  const pid_t child = ::fork();
  if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (child == 0) {
    if (::fork() == 0) become_streamer(name, lifeline.reads, serves.writes);
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  ::close(lifeline.reads);
  ::close(serves.writes);
  char byte = 0;
  ssize_t got = 0;
  do got = ::read(serves.reads, &byte, 1);
  while (got < 0 && errno == EINTR);
  ::close(serves.reads);
  if (got != 1) throw std::runtime_error("the streamer of a queue does not serve");
  return {.name = name, .lifeline = lifeline.writes};
}

void stream(const std::string& name) {
  std::thread([] {
    await_end_of_file(kLifeline);
    ::_exit(0);
  }).detach();
  zmq::context_t context;
  zmq::socket_t from_producers(context, zmq::socket_type::pull);
  from_producers.set(zmq::sockopt::rcvhwm, 0);
  from_producers.bind(name + "-put");
  zmq::socket_t to_consumers(context, zmq::socket_type::push);
  to_consumers.set(zmq::sockopt::sndhwm, 1);
  to_consumers.bind(name + "-get");
  if (::write(kServes, "", 1) != 1) ::_exit(1);
  ::close(kServes);
  zmq::proxy(from_producers, to_consumers);
  ::_exit(1);
}

}  // namespace psq::zeromq
