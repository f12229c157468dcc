// Processes that compute on the first processor that this one may use, and children to starve
// there.
#pragma once

#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <vector>

namespace psq::conformance {

inline void stay_on_first_processor() {
  cpu_set_t mine;
  CPU_ZERO(&mine);
  ::sched_getaffinity(0, sizeof mine, &mine);
  int first = 0;
  while (CPU_ISSET(first, &mine) == 0) ++first;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(first, &one);
  ::sched_setaffinity(0, sizeof one, &one);
}

[[noreturn]] inline void compute() {
  volatile unsigned long steps = 0;
  while (true) {
    const unsigned long before = steps;
    steps = before + 1;
  }
}

/// Children that are killed and reaped in the end.
class Children {
 public:
  Children() = default;
  Children(const Children&) = delete;
  Children& operator=(const Children&) = delete;
  ~Children() {
    for (const pid_t each : pids_) ::kill(each, SIGKILL);
    for (const pid_t each : pids_) ::waitpid(each, nullptr, 0);
  }

  pid_t start(const std::function<void()>& body) {
    const pid_t child = ::fork();
    if (child == 0) {
      body();
      ::_exit(0);
    }
    pids_.push_back(child);
    return child;
  }

 private:
  std::vector<pid_t> pids_;
};

}  // namespace psq::conformance
