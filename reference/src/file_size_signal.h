// SIGXFSZ, which the system sends to a thread that would make a file larger than its limit allows.

#pragma once

#include <csignal>
#include <ctime>

namespace psq::detail {

// While it lives, the calling thread gets no SIGXFSZ: the system call fails with EFBIG, as it does
// where the signal is ignored. Made and destroyed by one thread.
class NoFileSizeSignal {
 public:
  NoFileSizeSignal() noexcept {
    sigemptyset(&signal_);
    sigaddset(&signal_, SIGXFSZ);
    pthread_sigmask(SIG_BLOCK, &signal_, &before_);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGXFSZ) == 1;
  }
  ~NoFileSizeSignal() {
    const timespec at_once{};
    if (!was_pending_) (void)sigtimedwait(&signal_, nullptr, &at_once);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoFileSizeSignal(NoFileSizeSignal&&) = delete;

 private:
  sigset_t signal_;
  sigset_t before_;
  bool was_pending_;
};

}  // namespace psq::detail
