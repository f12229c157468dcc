#include "protocol/posix.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>
#include <vector>

namespace psq::conformance {
namespace {

Nanoseconds read_clock(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return std::chrono::seconds{now.tv_sec} + Nanoseconds{now.tv_nsec};
}

std::string first_word_of(const std::filesystem::path& file) {
  std::ifstream in{file};
  std::string word;
  in >> word;
  return word;
}

std::int64_t voluntary_switches(const std::filesystem::path& status) {
  const std::string key = "voluntary_ctxt_switches:";
  std::ifstream in{status};
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(key)) return std::atoll(line.c_str() + key.size());
  }
  return 0;
}

// Processes of two process namespaces may have equal numbers and the same folder for temporary
// files, for example in containers.
std::string prefix_of(pid_t pid) {
  struct stat own {};
  const bool is_known = ::stat("/proc/self/ns/pid", &own) == 0;
  return "psq-" + std::to_string(pid) + "-" + std::to_string(is_known ? own.st_ino : 0) + "-";
}

}  // namespace

Nanoseconds wall_clock_offset() { return read_clock(CLOCK_REALTIME) - monotonic_now(); }

void Fd::reset() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

TemporaryFolder::TemporaryFolder() {
  // Short on purpose: implementations put sockets below it, and a socket's path has 107 bytes.
  std::string name =
      (std::filesystem::temp_directory_path() / (prefix_of(::getpid()) + "XXXXXX")).string();
  if (::mkdtemp(name.data()) == nullptr) {
    throw std::system_error{errno, std::generic_category(),
                            "cannot make a temporary folder like " + name + "; set TMPDIR"};
  }
  path_ = name;
}

void TemporaryFolder::remove_all_of(pid_t pid) {
  std::error_code ignored;
  const std::string prefix = prefix_of(pid);
  std::vector<std::filesystem::path> left;
  for (const auto& each : std::filesystem::directory_iterator{
           std::filesystem::temp_directory_path(ignored), ignored}) {
    if (each.path().filename().string().starts_with(prefix)) left.push_back(each.path());
  }
  for (const auto& each : left) std::filesystem::remove_all(each, ignored);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Fd open_pidfd(pid_t pid) { return Fd{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))}; }

std::optional<ThreadView> view_thread(pid_t pid, pid_t tid) {
  const std::filesystem::path task =
      "/proc/" + std::to_string(pid) + "/task/" + std::to_string(tid);
  std::ifstream stat{task / "stat"};
  std::string line;
  if (!std::getline(stat, line)) return std::nullopt;
  // The command stands in parentheses and may hold anything; the state is the letter after the last
  // one.
  const auto end = line.rfind(')');
  if (end == std::string::npos || end + 2 >= line.size()) return std::nullopt;
  ThreadView view{.state = line[end + 2], .waits_in = first_word_of(task / "wchan")};
  if (view.waits_in == "0") view.waits_in.clear();
  std::int64_t ran = 0;
  if (std::ifstream{task / "schedstat"} >> ran) view.ran = Nanoseconds{ran};
  view.slept = voluntary_switches(task / "status");
  return view;
}

std::string system_call_of(pid_t pid, pid_t tid) {
  std::ifstream file{"/proc/" + std::to_string(pid) + "/task/" + std::to_string(tid) + "/syscall"};
  std::string line;
  std::getline(file, line);
  return line.starts_with("-1") || line == "running" ? std::string{} : line;
}

std::vector<pid_t> threads_of(pid_t pid) {
  std::vector<pid_t> found;
  std::error_code gone;
  std::filesystem::directory_iterator task{"/proc/" + std::to_string(pid) + "/task", gone};
  for (; !gone && task != std::filesystem::directory_iterator{}; task.increment(gone))
    found.push_back(std::stoi(task->path().filename()));
  return found;
}

bool stands_still(pid_t pid) {
  return std::ranges::all_of(threads_of(pid), [&](pid_t thread) {
    const auto seen = view_thread(pid, thread);
    return !seen || std::string_view{"TtZX"}.find(seen->state) != std::string_view::npos;
  });
}

bool handles_signal(pid_t pid, int signal) {
  constexpr std::string_view kCaught = "SigCgt:";
  std::ifstream status{"/proc/" + std::to_string(pid) + "/status"};
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with(kCaught)) continue;
    const auto mask = std::stoull(line.substr(kCaught.size()), nullptr, 16);
    return ((mask >> (signal - 1)) & 1U) != 0;
  }
  return false;
}

bool send_signal(const Fd& pidfd, int signal) {
  return ::syscall(SYS_pidfd_send_signal, pidfd.get(), signal, nullptr, 0) == 0;
}

}  // namespace psq::conformance
