#include "controller.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <functional>
#include <stdexcept>

namespace psq::driver::testing {
namespace {

constexpr int kPatience = 30000;  // milliseconds

void wait_readable(int descriptor, const char* what) {
  pollfd wanted{.fd = descriptor, .events = POLLIN, .revents = 0};
  if (::poll(&wanted, 1, kPatience) <= 0) throw std::runtime_error(std::string("no ") + what);
}

std::filesystem::path make_folder() {
  std::string name = (std::filesystem::temp_directory_path() / "psq-kit-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  return name;
}

Fd listen_at(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  Fd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const void* any = &address;
  if (::bind(listener.get(), static_cast<const sockaddr*>(any), sizeof address) != 0 ||
      ::listen(listener.get(), 16) != 0) {
    throw std::runtime_error("cannot listen at " + path);
  }
  return listener;
}

pid_t start_driver(const std::string& socket_path) {
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  ::setenv("PSQ_SOCKET", socket_path.c_str(), 1);
  ::execl(PSQ_PIPE_DRIVER, PSQ_PIPE_DRIVER, nullptr);
  ::_exit(127);
}

}  // namespace

Peer::Peer(Fd socket) : socket_(std::move(socket)), hello_(receive()) {
  pid_ = hello_.at("pid").get<pid_t>();
  pidfd_ = Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
}

void Peer::send_text(const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t sent =
        ::send(socket_.get(), text.data() + done, text.size() - done, MSG_NOSIGNAL);
    if (sent < 0) throw std::runtime_error("the driver does not listen");
    done += static_cast<std::size_t>(sent);
  }
}

int Peer::send(json request) {
  request["id"] = ++last_id_;
  send_text(request.dump() + "\n");
  return last_id_;
}

json Peer::receive() {
  std::size_t end = rest_.find('\n');
  while (end == std::string::npos) {
    wait_readable(socket_.get(), "message");
    std::array<char, 65536> buffer;
    const ssize_t count = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (count <= 0) throw std::runtime_error("the driver hung up");
    rest_.append(buffer.data(), static_cast<std::size_t>(count));
    end = rest_.find('\n');
  }
  json message = json::parse(rest_.substr(0, end));
  rest_.erase(0, end + 1);
  return message;
}

json Peer::next() {
  if (kept_.empty()) return receive();
  json message = kept_.front();
  kept_.pop_front();
  return message;
}

json Peer::take(const std::function<bool(const json&)>& wanted) {
  for (auto each = kept_.begin(); each != kept_.end(); ++each) {
    if (!wanted(*each)) continue;
    json message = *each;
    kept_.erase(each);
    return message;
  }
  while (true) {
    json message = receive();
    if (wanted(message)) return message;
    kept_.push_back(std::move(message));
  }
}

json Peer::answer(const json& id) {
  return take([&](const json& message) { return message.contains("id") && message["id"] == id; });
}

json Peer::began(int id) {
  return take(
      [&](const json& message) { return message.contains("began") && message["began"] == id; });
}

void Peer::wait_for_death() { wait_readable(pidfd_.get(), "end of the process"); }

Controller::Controller() : folder_(make_folder()), listener_(listen_at(folder_ / "control")) {
  root_pid_ = start_driver(folder_ / "control");
  accept();
}

Controller::~Controller() {
  peers_.clear();
  if (!root_reaped_) ::waitpid(root_pid_, nullptr, 0);
  std::filesystem::remove_all(folder_);
}

Peer& Controller::accept() {
  wait_readable(listener_.get(), "connection");
  auto peer =
      std::make_unique<Peer>(Fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)));
  const std::string role = peer->hello().at("role");
  return *(peers_[role] = std::move(peer));
}

Peer& Controller::spawn(Peer& parent, const std::string& name, const json& objects, json more) {
  more.update({{"do", "spawn"}, {"name", name}, {"objects", objects}});
  const json answer = parent.call(more);
  Peer& child = accept();
  if (answer["value"] != child.pid() || child.hello()["role"] != name) {
    throw std::runtime_error("spawn answered " + answer.dump() + ", the child said " +
                             child.hello().dump());
  }
  return child;
}

int Controller::root_status() {
  root().wait_for_death();
  int status = 0;
  ::waitpid(root_pid_, &status, 0);
  root_reaped_ = true;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

std::map<int, std::string> descriptors_of(pid_t pid) {
  std::map<int, std::string> result;
  const auto folder = std::filesystem::path("/proc") / std::to_string(pid) / "fd";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    result[std::stoi(entry.path().filename())] = std::filesystem::read_symlink(entry.path());
  }
  return result;
}

}  // namespace psq::driver::testing
