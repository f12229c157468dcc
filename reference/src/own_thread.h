// Threads that the library starts in the program's processes.

#pragma once

#include <csignal>
#include <thread>
#include <utility>

namespace psq::detail {

// Runs `body` on a new thread that no thread joins. Signals are handled by the program's own
// threads: the new one has all of them blocked. False, with nothing started: the system has no
// thread, or no memory for one.
template <typename Body>
[[nodiscard]] bool start_own_thread(Body&& body) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);  // A new thread inherits the mask.
  bool started = true;
  try {
    std::thread(std::forward<Body>(body)).detach();
  } catch (...) {
    started = false;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return started;
}

}  // namespace psq::detail
