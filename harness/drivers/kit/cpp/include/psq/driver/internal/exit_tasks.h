// What this process does at its end by a return from main, before and after what the implementation
// does at it.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <utility>
#include <vector>

namespace psq::driver::internal {

/// Tasks for the end of one process, done in the order in which they were added. The functions
/// are for one thread at a time. Never destroyed, because tasks run late.
class ExitTasks {
 public:
  static ExitTasks& before() {
    static auto* const tasks = new ExitTasks;
    return *tasks;
  }
  static ExitTasks& after() {
    static auto* const tasks = new ExitTasks;
    return *tasks;
  }

  void add(std::function<void()> task) {
    process_ = ::getpid();
    tasks_.push_back(std::move(task));
  }
  /// Nothing in a forked child, which has a copy of its parent's.
  void do_all() {
    if (process_ != ::getpid()) return;
    for (const auto& task : std::exchange(tasks_, {})) task();
  }

 private:
  pid_t process_ = -1;
  std::vector<std::function<void()>> tasks_;
};

/// Handlers run in the reverse order of their registration. This one comes before every constructor
/// of a static object of the program, and so before the handlers of a library that is linked
/// statically: it runs after them.
[[gnu::constructor(101)]] static void register_after_exit() {
  std::atexit([] { ExitTasks::after().do_all(); });
}

/// Call it when the library has registered what it does at the end.
inline void register_before_exit() {
  std::atexit([] { ExitTasks::before().do_all(); });
}

}  // namespace psq::driver::internal
