#include "protocol/driver_program.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <thread>

#include "protocol/error.h"

namespace psq::conformance {
namespace {

using std::chrono::milliseconds;

// Helper processes of an implementation (resource trackers, fork servers) clean up and end once
// their users are gone. The controller ends those that still run after this time.
constexpr auto kPatienceWithHelpers = std::chrono::seconds{3};

constexpr int kCannotStart = 127;

std::string with_socket(const std::filesystem::path& socket) {
  return "PSQ_SOCKET=" + socket.string();
}

std::vector<std::string> environment_for(const std::filesystem::path& socket,
                                         const std::filesystem::path& folder) {
  std::vector<std::string> variables{with_socket(socket), "TMPDIR=" + folder.string()};
  for (char** each = environ; *each != nullptr; ++each) {
    const std::string_view variable{*each};
    if (!variable.starts_with("PSQ_SOCKET=") && !variable.starts_with("TMPDIR=")) {
      variables.emplace_back(variable);
    }
  }
  return variables;
}

std::vector<char*> pointers_to(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (auto& each : strings) pointers.push_back(each.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Runs in the forked child: nothing here may allocate.
[[noreturn]] void become(char** argv, char** envp, int null, int log, bool standard_descriptors) {
  ::setsid();
  ::dup2(null, STDIN_FILENO);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  if (!standard_descriptors) {
    for (const int each : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::close(each);
  }
  ::execvpe(argv[0], argv, envp);
  ::dprintf(STDERR_FILENO, "cannot start %s: %s\n", argv[0], ::strerror(errno));
  ::_exit(kCannotStart);
}

/// Of a process that has ended and was not reaped: the last field of its stat.
std::optional<int> status_of_zombie(pid_t pid) {
  std::ifstream stat{"/proc/" + std::to_string(pid) + "/stat"};
  std::string line;
  std::getline(stat, line);
  const auto state = line.rfind(')');
  const auto last = line.rfind(' ');
  if (state == std::string::npos || line.compare(state, 3, ") Z") != 0) return std::nullopt;
  return std::stoi(line.substr(last));
}

std::string in_words(int status) {
  if (WIFSIGNALED(status)) {
    return std::string{"ended by signal "} + ::sigabbrev_np(WTERMSIG(status));
  }
  return "ended with exit status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

DriverProgram::DriverProgram(const std::vector<std::string>& command,
                             const std::filesystem::path& socket,
                             const std::filesystem::path& folder, bool standard_descriptors)
    : log_(folder / "driver.log") {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  std::vector<std::string> arguments = command;
  std::vector<std::string> variables = environment_for(socket, folder);
  auto argv = pointers_to(arguments);
  auto envp = pointers_to(variables);
  const Fd null{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
  pid_ = ::fork();
  if (pid_ == 0) {
    become(argv.data(), envp.data(), null.get(), log_.descriptor().get(), standard_descriptors);
  }
  if (pid_ < 0) throw std::system_error{errno, std::generic_category(), "cannot fork the driver"};
  pidfd_ = open_pidfd(pid_);
}

std::optional<std::string> DriverProgram::how_it_ended() {
  if (!status_) {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_) status_ = status;
  }
  if (!status_) return std::nullopt;
  return in_words(*status_);
}

std::string DriverProgram::how_ended(pid_t pid) {
  if (pid == pid_) return how_it_ended().value_or("");
  const auto status = status_of_zombie(pid);
  return status ? in_words(*status) : "";
}

DriverProgram::~DriverProgram() {
  if (!how_it_ended()) send_signal(pidfd_, SIGKILL);
  reap_descendants();
}

bool DriverProgram::descendants_have_ended() {
  if (!how_it_ended()) return false;
  pid_t reaped = 0;
  do {
    reaped = ::waitpid(-1, nullptr, WNOHANG);
  } while (reaped > 0);
  return reaped < 0 && errno == ECHILD;
}

void DriverProgram::reap_descendants() {
  const auto deadline = Clock::now() + kPatienceWithHelpers;
  bool ended_by_force = false;
  while (true) {
    const pid_t reaped = ::waitpid(-1, nullptr, WNOHANG);
    if (reaped > 0) continue;
    if (reaped < 0 && errno == ECHILD) return;
    if (!ended_by_force && Clock::now() > deadline) {
      ::kill(-pid_, SIGKILL);
      ended_by_force = true;
    }
    if (Clock::now() > 2 * kPatienceWithHelpers + deadline) return;
    std::this_thread::sleep_for(milliseconds{1});
  }
}

}  // namespace psq::conformance
