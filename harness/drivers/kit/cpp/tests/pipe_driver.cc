// A small complete driver over sockets and fork, for the tests of the kit.
#include <poll.h>
#include <psq/driver/driver.h>
#include <psq/driver/internal/descriptor.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace {

using psq::driver::Bytes;
using psq::driver::Call;
using psq::driver::Creation;
using psq::driver::Item;
using psq::driver::ObjectType;
using psq::driver::Operation;
using psq::driver::Outcome;
using psq::driver::Result;
using psq::driver::Seconds;
using psq::driver::Verb;
using psq::driver::internal::Fd;

struct EndOfStream : std::runtime_error {
  EndOfStream() : std::runtime_error("the other end is closed") {}
};

/// What a test asks the driver to do wrong, in a put of a queue or in a child before its hello.
bool goes_wrong(std::string_view how) {
  const char* asked = std::getenv("PSQ_TEST_WRONG");
  return asked != nullptr && asked == how;
}

/// Lets this process open no more than so many further descriptors.
void allow_descriptors(rlim_t more) {
  const int lowest_free = ::dup(STDERR_FILENO);
  ::close(lowest_free);
  const rlim_t most = static_cast<rlim_t>(lowest_free) + more;
  const rlimit limit{.rlim_cur = most, .rlim_max = most};
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0)
    throw std::system_error(errno, std::generic_category(), "setrlimit");
}

void write_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0) throw std::system_error(errno, std::generic_category(), "send");
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

std::string read_all(int socket, std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t done = 0; done < size;) {
    const ssize_t count = ::recv(socket, bytes.data() + done, size - done, 0);
    if (count < 0) throw std::system_error(errno, std::generic_category(), "recv");
    if (count == 0) throw EndOfStream();
    done += static_cast<std::size_t>(count);
  }
  return bytes;
}

// A message on the wire: its length, then its bytes.
void send_message(int socket, const std::string& bytes) {
  const std::uint64_t size = bytes.size();
  std::string framed(sizeof size, '\0');
  std::memcpy(framed.data(), &size, sizeof size);
  write_all(socket, framed + bytes);
}

std::string recv_message(int socket) {
  std::uint64_t size = 0;
  std::memcpy(&size, read_all(socket, sizeof size).data(), sizeof size);
  return read_all(socket, size);
}

std::string bytes_of(const psq::driver::Payload& payload) {
  if (const auto* bytes = std::get_if<Bytes>(&payload)) return bytes->data;
  return psq::driver::make_item(std::get<Item>(payload));
}

// The slice of the message that send_bytes requests.
std::string part_of(const Operation& operation) {
  const std::string whole = bytes_of(operation.payload);
  const auto size = static_cast<std::int64_t>(whole.size());
  const std::int64_t from = operation.offset.value_or(0);
  if (from < 0 || from > size || operation.size.value_or(0) < 0 ||
      operation.size.value_or(0) > size - from) {
    throw psq::driver::Refusal(Outcome::kInvalidArgument, "the message has no such part");
  }
  return whole.substr(static_cast<std::size_t>(from),
                      static_cast<std::size_t>(operation.size.value_or(size - from)));
}

Item item_of(const std::string& bytes) {
  const auto item = psq::driver::check_item(bytes);
  return item ? *item : Item{.from = "", .seq = 0, .size = bytes.size(), .intact = false};
}

std::pair<Fd, Fd> socket_pair() {
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    throw std::system_error(errno, std::generic_category(), "socketpair");
  }
  return {Fd(ends[0]), Fd(ends[1])};
}

// Sends one descriptor with one byte.
struct Parcel {
  char byte = 0;
  iovec bytes{&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr header{};

  Parcel() {
    header.msg_iov = &bytes;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = CMSG_LEN(sizeof(int));
  }
  Parcel(const Parcel&) = delete;
  Parcel& operator=(const Parcel&) = delete;
};

void send_descriptor(int socket, int descriptor) {
  Parcel parcel;
  cmsghdr* const beside = CMSG_FIRSTHDR(&parcel.header);
  beside->cmsg_level = SOL_SOCKET;
  beside->cmsg_type = SCM_RIGHTS;
  beside->cmsg_len = CMSG_LEN(sizeof descriptor);
  std::memcpy(CMSG_DATA(beside), &descriptor, sizeof descriptor);
  if (::sendmsg(socket, &parcel.header, MSG_NOSIGNAL) < 0) {
    throw std::system_error(errno, std::generic_category(), "sendmsg");
  }
}

// Peeks first, so that an ordinary message stays whole.
Fd recv_descriptor(int socket) {
  Parcel parcel;
  const ssize_t count = ::recvmsg(socket, &parcel.header, MSG_PEEK | MSG_CMSG_CLOEXEC);
  if (count < 0) throw std::system_error(errno, std::generic_category(), "recvmsg");
  if (count == 0) throw EndOfStream();
  const cmsghdr* const beside = CMSG_FIRSTHDR(&parcel.header);
  if (beside == nullptr) {
    throw psq::driver::Refusal(Outcome::kNotDeserializable, "a message came and no descriptor");
  }
  int descriptor = -1;
  std::memcpy(&descriptor, CMSG_DATA(beside), sizeof descriptor);
  (void)read_all(socket, 1);
  return Fd(descriptor);
}

class PipeEnd : public psq::driver::Object {
 public:
  explicit PipeEnd(Fd socket) : socket_(std::move(socket)) {}

  Result perform(const Operation& operation, Call& call) override {
    switch (operation.verb) {
      case Verb::kSend:
      case Verb::kSendBytes: {
        const std::string bytes = part_of(operation);
        call([&] { send_message(socket_.get(), bytes); });
        return Result::ok();
      }
      case Verb::kRecv:
        return Result::ok(item_of(call([&] { return recv_message(socket_.get()); })));
      case Verb::kRecvBytes:
        return Result::ok(Bytes{call([&] { return recv_message(socket_.get()); })});
      default:
        throw psq::driver::Refusal(Outcome::kUnsupported, "a pipe's end has no such operation");
    }
  }

  [[nodiscard]] std::optional<std::vector<int>> descriptors() const override {
    return std::vector<int>{socket_.get()};
  }

  [[nodiscard]] int socket() const { return socket_.get(); }

 private:
  Fd socket_;
};

// Names no descriptors, so that the kit finds them.
class SocketQueue : public psq::driver::Object {
 public:
  SocketQueue() : ends_(socket_pair()) {}

  Result perform(const Operation& operation, Call& call) override {
    if (operation.verb == Verb::kPut) {
      const std::string bytes = bytes_of(operation.payload);
      if (goes_wrong("beside-the-call")) throw std::runtime_error("the driver's own error");
      call([&] {
        if (goes_wrong("within-the-call")) throw psq::driver::Defect("the driver's own error");
        if (goes_wrong("raises")) throw std::runtime_error("the queue's error");
        send_message(ends_.first.get(), bytes);
      });
      return Result::ok();
    }
    return Result::ok(item_of(call([&] { return recv_message(ends_.second.get()); })));
  }

 private:
  std::pair<Fd, Fd> ends_;
};

class ForkedChild : public psq::driver::Child {
 public:
  explicit ForkedChild(pid_t pid) : pid_(pid) {}

  [[nodiscard]] pid_t pid() const override { return pid_; }

  bool join(std::optional<Seconds> timeout) override {
    const auto deadline =
        std::chrono::steady_clock::now() +
        std::chrono::duration_cast<std::chrono::nanoseconds>(timeout.value_or(Seconds{1e6}));
    while (!exit_code()) {
      if (std::chrono::steady_clock::now() >= deadline) return false;
      ::poll(nullptr, 0, 1);
    }
    return true;
  }

  std::optional<int> exit_code() override {
    const std::lock_guard lock(mutex_);
    int status = 0;
    if (!code_ && ::waitpid(pid_, &status, WNOHANG) == pid_) {
      code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }
    return code_;
  }

  void terminate() override { ::kill(pid_, SIGTERM); }
  void kill() override { ::kill(pid_, SIGKILL); }

 private:
  const pid_t pid_;
  std::mutex mutex_;
  std::optional<int> code_;
};

class PipeAdapter : public psq::driver::Adapter {
 public:
  [[nodiscard]] psq::driver::Hello hello() const override {
    return {
        .implementation = "pipes",
        .version = "1",
        .profiles = {"base"},
        .operations = {{"connection",
                        {"send", "recv", "send_bytes", "recv_bytes", "send_connection",
                         "recv_connection"}},
                       {"simple_queue", {"put", "get"}},
                       {"process", {"spawn", "join_process", "exit_code", "terminate", "kill"}}},
        .options = {},
        .limits = {{"item_bytes", static_cast<std::int64_t>(psq::driver::kLeastItemBytes)}}};
  }

  std::vector<std::unique_ptr<psq::driver::Object>> create(const Creation& creation) override {
    std::vector<std::unique_ptr<psq::driver::Object>> created;
    if (creation.type == ObjectType::kSimpleQueue) {
      created.push_back(std::make_unique<SocketQueue>());
      return created;
    }
    auto [first, second] = socket_pair();
    created.push_back(std::make_unique<PipeEnd>(std::move(first)));
    created.push_back(std::make_unique<PipeEnd>(std::move(second)));
    return created;
  }

  void send_connection(psq::driver::Object& carrier, psq::driver::Object& end,
                       Call& call) override {
    const int through = dynamic_cast<PipeEnd&>(carrier).socket();
    const int sent = dynamic_cast<PipeEnd&>(end).socket();
    call([&] { send_descriptor(through, sent); });
  }

  std::unique_ptr<psq::driver::Object> recv_connection(psq::driver::Object& carrier,
                                                       const std::function<void()>& hold_still,
                                                       Call& call) override {
    const int through = dynamic_cast<PipeEnd&>(carrier).socket();
    return std::make_unique<PipeEnd>(call([&] {
      pollfd watched{.fd = through, .events = POLLIN, .revents = 0};
      ::poll(&watched, 1, -1);
      hold_still();
      return recv_descriptor(through);
    }));
  }

  std::unique_ptr<psq::driver::Child> spawn(const psq::driver::SpawnOptions&,
                                            const std::function<void()>& body) override {
    const pid_t pid = ::fork();
    if (pid < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (pid > 0) return std::make_unique<ForkedChild>(pid);
    if (goes_wrong("child-has-no-number")) allow_descriptors(0);
    if (goes_wrong("child-has-one-number")) allow_descriptors(1);
    int status = 0;
    try {
      body();
    } catch (const std::exception& error) {
      std::fprintf(stderr, "uncaught: %s\n", error.what());
      status = 1;
    }
    std::_Exit(status);
  }

  // A forked child skips the exit handlers, which belong to its parent.
  [[noreturn]] void exit(int status) override { std::_Exit(status); }

  [[nodiscard]] Outcome classify(const std::exception& error) const override {
    if (dynamic_cast<const EndOfStream*>(&error) != nullptr) return Outcome::kEndOfStream;
    const auto* system = dynamic_cast<const std::system_error*>(&error);
    const bool broken = system != nullptr && system->code() == std::errc::broken_pipe;
    return broken ? Outcome::kBrokenPipe : Outcome::kRaised;
  }
};

}  // namespace

int main() {
  PipeAdapter adapter;
  return psq::driver::run(adapter);
}
