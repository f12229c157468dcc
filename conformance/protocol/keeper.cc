#include "protocol/keeper.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <system_error>

#include "protocol/posix.h"

namespace psq::conformance {
namespace {

constexpr int kBySignal = 128;  // as a shell reports it
constexpr std::array kToEnd{SIGINT, SIGTERM, SIGHUP};

// What follows is called by a signal handler, too: system calls alone.

// The children of the main thread, which are all: no other thread starts processes, and orphans
// come to the main thread. Returns whether any was there.
bool kill_children() {
  std::array<char, 64> path{};
  const int pid = ::getpid();
  std::snprintf(path.data(), path.size(), "/proc/%d/task/%d/children", pid, pid);
  const int list = ::open(path.data(), O_RDONLY | O_CLOEXEC);
  if (list < 0) return false;
  std::array<char, 4096> text{};
  pid_t child = 0;
  bool any = false;
  for (ssize_t got = 0; (got = ::read(list, text.data(), text.size())) > 0;) {
    for (ssize_t i = 0; i < got; ++i) {
      const char c = text[static_cast<std::size_t>(i)];
      if (c >= '0' && c <= '9') {
        child = child * 10 + (c - '0');
      } else if (child > 0) {
        any = true;
        ::kill(child, SIGKILL);
        child = 0;
      }
    }
  }
  ::close(list);
  return any;
}

// A child that dies leaves its own children to this process, the subreaper: until none is left.
void end_descendants() {
  constexpr int kLooks =
      10'000;  // a process in an uninterruptible wait is not waited for any longer
  constexpr timespec kBetween{.tv_sec = 0, .tv_nsec = 1'000'000};
  for (int i = 0; i < kLooks; ++i) {
    kill_children();
    pid_t reaped = 0;
    while ((reaped = ::waitpid(-1, nullptr, WNOHANG)) > 0) {
    }
    if (reaped < 0 && errno == ECHILD) return;
    ::nanosleep(&kBetween, nullptr);
  }
}

extern "C" void end_with_descendants(int number) {
  if (::gettid() != ::getpid()) {  // the main thread must not go on meanwhile
    ::tgkill(::getpid(), ::getpid(), number);
    return;
  }
  end_descendants();
  ::_exit(kBySignal + number);
}

sigset_t signals(bool with_children) {
  sigset_t all;
  sigemptyset(&all);
  for (const int each : kToEnd) sigaddset(&all, each);
  if (with_children) sigaddset(&all, SIGCHLD);
  return all;
}

// In the child. A signal that the caller ignored stays ignored, as nohup has it.
void obey_keeper(pid_t keeper, const sigset_t& before) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  struct sigaction action {};
  action.sa_handler = end_with_descendants;
  action.sa_mask = signals(false);
  for (const int each : kToEnd) {
    struct sigaction now {};
    ::sigaction(each, nullptr, &now);
    if (now.sa_handler != SIG_IGN) ::sigaction(each, &action, nullptr);
  }
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  if (::getppid() != keeper) ::_exit(kBySignal + SIGTERM);
}

struct End {
  int status = 0;   // of waitpid
  int told_by = 0;  // the signal
};

End wait_for(pid_t child) {
  const sigset_t all = signals(true);
  End end;
  while (::waitpid(child, &end.status, WNOHANG) == 0) {
    const int number = ::sigwaitinfo(&all, nullptr);
    if (number < 0 || number == SIGCHLD) continue;
    end.told_by = number;
    ::kill(child, SIGKILL);  // at once: nothing more is written, and no process is started
  }
  return end;
}

[[noreturn]] void end_by(int number) {
  ::signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::kill(::getpid(), number);
  ::_exit(kBySignal + number);
}

}  // namespace

int kept(const std::function<int()>& body) {
  const sigset_t ending = signals(true);
  sigset_t before;
  ::sigprocmask(SIG_BLOCK, &ending, &before);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  const pid_t keeper = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) throw std::system_error{errno, std::generic_category(), "cannot fork the suite"};
  if (child == 0) {
    obey_keeper(keeper, before);
    return body();
  }
  const End end = wait_for(child);
  end_descendants();
  TemporaryFolder::remove_all_of(child);
  if (end.told_by != 0) return kBySignal + end.told_by;
  if (WIFSIGNALED(end.status)) end_by(WTERMSIG(end.status));
  return WEXITSTATUS(end.status);
}

}  // namespace psq::conformance
