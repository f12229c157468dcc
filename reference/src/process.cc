#include "psq/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>

#include "psq/error.h"
#include "src/child.h"
#include "src/descriptor_io.h"
#include "src/fault_seam.h"
#include "src/process_state.h"

namespace psq {
namespace {

// The exit code of a child that somebody else reaped.
constexpr int kUnknownExitCode = 255;

// How often to look for the end of a child without a descriptor that tells.
constexpr std::chrono::milliseconds kLookBlindly{10};

// glibc 2.36 declares pidfd_open for C only.
int open_pidfd(pid_t pid) {
  return static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
}

// Only these two: another thread may hold the lock of an input that it is waiting for.
void flush_standard_streams() {
  std::fflush(stdout);
  std::fflush(stderr);
}

// For a fault.
thread_local bool has_started_a_child = false;

// A fault: copies of all pipes that this process has.
[[maybe_unused]] void keep_ends() {
  constexpr int kSome = 100;
  for (int each = STDERR_FILENO + 1; each < kSome; ++each) {
    struct stat about {};
    if (fstat(each, &about) == 0 && S_ISFIFO(about.st_mode)) (void)fcntl(each, F_DUPFD, kSome);
  }
}

[[noreturn]] void run_child(const std::function<void()>& body) {
  try {
    body();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "psq: process %d ends with an error: %s\n", getpid(), error.what());
    psq::exit(1);
  } catch (...) {
    std::fprintf(stderr, "psq: process %d ends with an error of unknown type\n", getpid());
    psq::exit(1);
  }
  psq::exit(0);
}

}  // namespace

bool Process::State::is_mine() const noexcept {
  return getpid() == parent_;
}

void Process::State::check_mine() const {
  if (is_mine()) return;
  throw InvalidArgument("process " + std::to_string(pid_) + " is a child of process " +
                        std::to_string(parent_) + ", and only that one can deal with it");
}

bool Process::State::join(detail::Deadline deadline) {
  using detail::Fault;
  if constexpr (detail::kFaults)
    if (detail::fault_is(Fault::kProcessJoinGivesUp))
      deadline = deadline.within(2 * detail::kLookAgain);
  if constexpr (detail::kFaults)
    if (detail::fault_is(Fault::kProcessJoinByStarter) && !has_started_a_child) return false;
  for (;;) {
    if (exit_code()) return true;
    if (deadline.has_passed()) return false;
    wait_for_end(deadline);
  }
}

void Process::State::wait_for_end(detail::Deadline deadline) {
  const auto child = [&] {
    const std::lock_guard lock(mutex_);
    // Not reaped under this lock, so that the pid is still this child's.
    return detail::Descriptor(reap() ? -1 : open_pidfd(pid_));
  }();
  pollfd watched{.fd = child.get(), .events = POLLIN, .revents = 0};
  // Without a descriptor, because there are no more to be had, poll merely sleeps: look often.
  const bool blind = child.get() < 0;
  detail::poll_until({&watched, 1}, blind ? deadline.within(kLookBlindly) : deadline);
}

std::optional<int> Process::State::exit_code() {
  check_mine();
  const std::lock_guard lock(mutex_);
  return reap();
}

std::optional<int> Process::State::reap() {
  if constexpr (detail::kFaults)
    if (detail::fault_is(detail::Fault::kExitCodesMixed) && exit_code_)
      return static_cast<int>(detail::fault_own().load());
  if (exit_code_) return exit_code_;
  int status = 0;
  const pid_t ended = waitpid(pid_, &status, WNOHANG);
  if (ended == pid_) {
    exit_code_ = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
    if constexpr (detail::kFaults)
      if (detail::fault_is(detail::Fault::kExitCodePositive) && *exit_code_ < 0)
        exit_code_ = 128 - *exit_code_;
    if constexpr (detail::kFaults)
      if (detail::fault_is(detail::Fault::kExitStatusSigned) && *exit_code_ > 127)
        exit_code_ = *exit_code_ - 256;
    if constexpr (detail::kFaults)
      if (detail::fault_is(detail::Fault::kExitCodesMixed)) detail::fault_own() = *exit_code_;
  } else if (ended < 0 && errno == ECHILD) {
    exit_code_ = kUnknownExitCode;
  }
  return exit_code_;
}

void Process::State::send_signal(int number) {
  check_mine();
  const std::lock_guard lock(mutex_);
  if constexpr (detail::kFaults)
    if (detail::fault_is(detail::Fault::kSignalAfterEnd) && reap()) exit_code_ = -number;
  if constexpr (detail::kFaults)
    if (detail::fault_is(detail::Fault::kTerminateInterrupts) && number == SIGTERM) number = SIGINT;
  if constexpr (detail::kFaults)
    if (detail::fault_is(detail::Fault::kKillTerminates) && number == SIGKILL) number = SIGTERM;
  if (!reap()) ::kill(pid_, number);
}

Process::Process(const std::function<void()>& body, Options options) {
  detail::ProcessState& process = detail::ProcessState::instance();
  flush_standard_streams();  // or the child would write it once more
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid < 0) throw SystemError("cannot fork", errno);
  if constexpr (detail::kFaults)
    if (pid == 0 && options.daemon && detail::fault_is(detail::Fault::kDaemonDoesNotFlush))
      body(), _exit(0);
  if constexpr (detail::kFaults)
    if (detail::fault_is(detail::Fault::kChildKeepsEnds) && pid == 0) keep_ends();
  if (pid == 0) run_child(body);
  has_started_a_child = true;
  state_ = std::make_shared<State>(pid, parent, options.daemon);
  process.add_child(state_);
}

Process& Process::operator=(Process&& other) noexcept {
  if (this != &other) {
    finish();
    state_ = std::move(other.state_);
  }
  return *this;
}

Process::~Process() {
  finish();
}

void Process::finish() noexcept {
  if (state_ == nullptr || !state_->is_mine()) return;
  if constexpr (detail::kFaults)
    if (detail::fault_is(detail::Fault::kDaemonsLeft) && state_->is_daemon()) return;
  if (state_->is_daemon()) state_->send_signal(SIGTERM);
  state_->join(detail::Deadline::never());
  detail::ProcessState::instance().remove_child(state_);
}

void Process::join() {
  state_->join(detail::Deadline::never());
}

bool Process::join(Timeout timeout) {
  if constexpr (detail::kFaults)
    if (detail::fault_is(detail::Fault::kProcessJoinZeroWaits) &&
        timeout.length() == Timeout::Duration::zero())
      timeout = 10 * detail::kLookAgain;
  if constexpr (detail::kFaults)
    if (detail::fault_is(detail::Fault::kProcessJoinEarly) && !timeout.is_forever())
      timeout = timeout.length() / 2;
  return state_->join(detail::Deadline::after(timeout));
}

std::optional<int> Process::exit_code() {
  return state_->exit_code();
}

void Process::terminate() {
  state_->send_signal(SIGTERM);
}

void Process::kill() {
  state_->send_signal(SIGKILL);
}

pid_t Process::pid() const noexcept {
  return state_->pid();
}

void execute(const std::vector<std::string>& command) {
  if (command.empty()) throw InvalidArgument("no program to execute; its name comes first");
  std::vector<char*> arguments;
  for (const std::string& each : command) arguments.push_back(const_cast<char*>(each.c_str()));
  arguments.push_back(nullptr);
  detail::ProcessState::instance().flush_queues();
  flush_standard_streams();
  execvp(arguments[0], arguments.data());
  throw SystemError("cannot execute " + command[0], errno);
}

void exit(int status) {
  detail::ProcessState::instance().finish();
  flush_standard_streams();
  _exit(status);
}

}  // namespace psq
