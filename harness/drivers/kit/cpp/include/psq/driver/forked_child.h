// A child by plain fork, for implementations that start processes so.
#pragma once

#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>

#include "psq/driver/adapter.h"

namespace psq::driver {

/// A child that `fork_child` made. Threads: any may call any function, also while one of them
/// joins.
class ForkedChild : public Child {
 public:
  explicit ForkedChild(pid_t pid)
      : pid_(pid), descriptor_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) {}
  ~ForkedChild() override {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  [[nodiscard]] pid_t pid() const override { return pid_; }

  bool join(std::optional<Seconds> timeout) override {
    using Clock = std::chrono::steady_clock;
    constexpr Seconds kLongest{1e6};
    const Seconds wait = std::clamp(timeout.value_or(kLongest), Seconds{0}, kLongest);
    const auto until = Clock::now() + std::chrono::duration_cast<Clock::duration>(wait);
    for (;;) {
      if (exit_code()) return true;
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
      if (left.count() <= 0) return false;
      pollfd ends{.fd = descriptor_, .events = POLLIN, .revents = 0};
      ::poll(&ends, 1, static_cast<int>(std::min<std::int64_t>(left.count(), 1000)));
    }
  }

  std::optional<int> exit_code() override {
    const std::lock_guard lock(mutex_);
    int status = 0;
    if (!code_ && ::waitpid(pid_, &status, WNOHANG) == pid_)
      code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    return code_;
  }

  void terminate() override { signal(SIGTERM); }
  void kill() override { signal(SIGKILL); }

 private:
  void signal(int number) {
    const std::lock_guard lock(mutex_);
    if (!code_) ::kill(pid_, number);  // not reaped, so the number is its own
  }

  const pid_t pid_;
  const int descriptor_;
  std::mutex mutex_;
  std::optional<int> code_;
};

/// Forks; see Adapter::spawn for `body`. A child that returns ends by exit(0), an error by exit(1).
/// Throws std::system_error when there is no process to be had.
inline std::unique_ptr<Child> fork_child(const std::function<void()>& body) {
  std::fflush(nullptr);
  const pid_t pid = ::fork();
  if (pid < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (pid > 0) return std::make_unique<ForkedChild>(pid);
  try {
    body();
    std::exit(0);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "driver: uncaught in a child: %s\n", error.what());
    std::exit(1);
  }
}

}  // namespace psq::driver
