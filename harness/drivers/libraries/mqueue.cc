// The driver of POSIX message queues (mq_open and its family), which the kernel keeps.
#include <fcntl.h>
#include <mqueue.h>
#include <psq/driver/queue_driver.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>

#include "patience.h"

namespace driver = psq::driver;

namespace {

// Half of what the kernel allows by default: a user's queues together have 819200 bytes.
constexpr std::size_t kLongest = 4096;

[[noreturn]] void fail(const char* what) {
  if (errno == EINVAL) throw std::invalid_argument(std::string(what) + ": invalid argument");
  throw std::system_error(errno, std::generic_category(), what);
}

std::string new_name() {
  static std::atomic<int> made = 0;
  return "/psq-" + std::to_string(::getpid()) + "-" + std::to_string(made++);
}

// The kernel's time for these calls is the wall clock's. A time that has passed does not wait.
timespec after(driver::Seconds wait) {
  if (wait.count() == 0) return {};
  timespec until{};
  ::clock_gettime(CLOCK_REALTIME, &until);
  const double whole = std::floor(wait.count());
  until.tv_sec += static_cast<time_t>(whole);
  until.tv_nsec += static_cast<long>(std::ceil((wait.count() - whole) * 1e9));
  until.tv_sec += until.tv_nsec / 1'000'000'000;
  until.tv_nsec %= 1'000'000'000;
  return until;
}

class PosixQueue {
 public:
  struct Empty : std::runtime_error {
    Empty() : std::runtime_error("the queue is empty") {}
  };
  struct Full : std::runtime_error {
    Full() : std::runtime_error("the queue is full") {}
  };

  // The name goes at once: a child has the descriptor from its parent, and nothing is left behind.
  explicit PosixQueue(std::int64_t maxsize) {
    mq_attr attributes{};
    attributes.mq_maxmsg = maxsize;
    attributes.mq_msgsize = kLongest;
    const std::string name = new_name();
    queue_ = ::mq_open(name.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600, &attributes);
    if (queue_ < 0 && errno == EMFILE)
      throw driver::Defect("RLIMIT_MSGQUEUE leaves no room for a queue: run fewer tests at a time");
    if (queue_ < 0) fail("mq_open");
    ::mq_unlink(name.c_str());
  }
  PosixQueue(const PosixQueue&) = delete;
  PosixQueue& operator=(const PosixQueue&) = delete;
  ~PosixQueue() { ::mq_close(queue_); }

  void put(const std::string& bytes, bool block, std::optional<driver::Seconds> timeout) {
    const auto sent = call(block, timeout, [&](const timespec* until) {
      return until == nullptr ? ::mq_send(queue_, bytes.data(), bytes.size(), 0)
                              : ::mq_timedsend(queue_, bytes.data(), bytes.size(), 0, until);
    });
    if (sent >= 0) return;
    if (errno == ETIMEDOUT) throw Full();
    fail("mq_send");
  }

  std::string get(bool block, std::optional<driver::Seconds> timeout) {
    std::string bytes(kLongest, '\0');
    const auto received = call(block, timeout, [&](const timespec* until) {
      return until == nullptr
                 ? ::mq_receive(queue_, bytes.data(), bytes.size(), nullptr)
                 : ::mq_timedreceive(queue_, bytes.data(), bytes.size(), nullptr, until);
    });
    if (received < 0 && errno == ETIMEDOUT) throw Empty();
    if (received < 0) fail("mq_receive");
    bytes.resize(static_cast<std::size_t>(received));
    return bytes;
  }

  std::int64_t qsize() { return attributes().mq_curmsgs; }
  bool empty() { return attributes().mq_curmsgs == 0; }
  bool full() {
    const mq_attr now = attributes();
    return now.mq_curmsgs == now.mq_maxmsg;
  }

 private:
  static constexpr driver::Seconds kLongestWait{1e15};  // a time_t counts further

  // A handler of a signal ends these calls early. They are made once more, until the same time.
  template <typename Body>
  static ssize_t call(bool block, std::optional<driver::Seconds> timeout, Body body) {
    const auto wait = psq::libraries::patience_of(block, timeout, kLongestWait);
    const timespec until = wait ? after(*wait) : timespec{};
    for (;;) {
      const ssize_t result = body(wait ? &until : nullptr);
      if (result >= 0 || errno != EINTR) return result;
    }
  }

  mq_attr attributes() const {
    mq_attr now{};
    if (::mq_getattr(queue_, &now) < 0) fail("mq_getattr");
    return now;
  }

  mqd_t queue_ = -1;
};

std::int64_t limit(const std::string& name) {
  std::int64_t value = 0;
  std::ifstream("/proc/sys/fs/mqueue/" + name) >> value;
  return value;
}

// Messages in a user's queues count against a limit of bytes, also those that are not there yet.
void raise_own_limit() {
  rlimit bytes{};
  ::getrlimit(RLIMIT_MSGQUEUE, &bytes);
  const rlimit none{.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
  if (::setrlimit(RLIMIT_MSGQUEUE, &none) == 0) return;
  bytes.rlim_cur = bytes.rlim_max;
  ::setrlimit(RLIMIT_MSGQUEUE, &bytes);
}

// The largest bound that this process may ask for: the kernel's own for root, the system's for
// every other user.
std::int64_t largest_maxsize() {
  constexpr std::int64_t kOfKernel = 65'536;
  try {
    const PosixQueue probe(kOfKernel);
    return kOfKernel;
  } catch (const std::exception&) {
    return limit("msg_max");
  }
}

std::string kernel() {
  utsname system{};
  ::uname(&system);
  const std::string release = system.release;
  return release.substr(0, release.find_first_not_of("0123456789."));
}

}  // namespace

int main() {
  raise_own_limit();
  if (limit("msg_max") < 1 || limit("msgsize_max") < static_cast<std::int64_t>(kLongest)) {
    std::fprintf(stderr,
                 "psq-mqueue-driver: this kernel has no POSIX message queues of %zu bytes a message"
                 " (/proc/sys/fs/mqueue)\n",
                 kLongest);
    return 64;
  }
  return driver::serve_queue<PosixQueue>(
      {.implementation = "library-mqueue",
       .version = kernel(),
       .processes = true,
       .bounds = {"bounded"},
       .options = {"signal_handler"},
       .limits = {{"max_item_bytes", kLongest}, {"maxsize", largest_maxsize()}}});
}
