// A child made by a raw fork, for tests of what must hold without psq::Process.

#ifndef PSQ_TESTS_CHILD_H_
#define PSQ_TESTS_CHILD_H_

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <thread>

#include "src/sanitizers.h"
#include "tests/limits.h"

namespace psq::test {

using detail::kAddressSanitizer;

// Runs `body` in a child, whose exit status is what it returns. Killed and reaped at the latest by
// the destructor.
class Child {
 public:
  explicit Child(const std::function<int()>& body) : pid_(fork()) {
    if (pid_ == 0) {
      alarm(kLongestLife);  // An orphan that hangs is gone some day.
      int status = 99;
      try {
        status = body();
      } catch (const std::exception& error) {
        fprintf(stderr, "child: %s\n", error.what());
      }
      _exit(status);
    }
  }
  ~Child() {
    if (pid_ > 0) {
      signal(SIGKILL);
      (void)status();
    }
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  void signal(int number) const { ::kill(pid_, number); }

  // Whether it has ended, so that status will not wait.
  [[nodiscard]] bool has_ended() const {
    siginfo_t info{};
    EXPECT_EQ(waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT), 0);
    return info.si_pid == pid_;
  }

  // Waits for the end: the exit status, or minus the number of a signal.
  int status() {
    int status = 0;
    EXPECT_EQ(waitpid(pid_, &status, 0), pid_);
    pid_ = -1;
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
  }

  int kill_and_wait() {
    signal(SIGKILL);
    return status();
  }

  // Stops the child and waits until it stands.
  void stop() const {
    signal(SIGSTOP);
    int status = 0;
    EXPECT_EQ(waitpid(pid_, &status, WUNTRACED), pid_);
    EXPECT_TRUE(WIFSTOPPED(status));
  }

 private:
  pid_t pid_;
};

// Waits for something that another thread or process is about to do.
template <typename Condition>
void await(const Condition& condition) {
  while (!condition()) std::this_thread::sleep_for(std::chrono::microseconds(100));
}

// Does something that a busy machine delays, again until one attempt takes no longer than that.
// False: the machine is too slow.
template <typename Action>
[[nodiscard]] bool happens_within(std::chrono::steady_clock::duration limit, const Action& action) {
  for (int attempts = 0; attempts < 100; ++attempts) {
    const auto begin = std::chrono::steady_clock::now();
    action();
    if (std::chrono::steady_clock::now() - begin <= limit) return true;
  }
  return false;
}

}  // namespace psq::test

#endif  // PSQ_TESTS_CHILD_H_
