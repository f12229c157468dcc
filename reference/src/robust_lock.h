// A lock between processes that stays usable after its holder died.

#pragma once

#include <pthread.h>

#include <cerrno>
#include <mutex>

#include "src/clock.h"
#include "src/sanitizers.h"

namespace psq::detail {

// Lives in shared memory, for std::unique_lock and the like. The kernel frees it when its holder
// dies, so what it protects has to be complete after every instruction.
class RobustLock {
 public:
  RobustLock() {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    const int error = pthread_mutex_init(&mutex_, &attributes);
    pthread_mutexattr_destroy(&attributes);
    if (error != 0) throw SystemError("cannot make a robust lock", error);
  }
  RobustLock(RobustLock&&) = delete;

  [[nodiscard]] bool try_lock() { return is_taken(pthread_mutex_trylock(&mutex_)); }
  // Does not return false before the deadline.
  [[nodiscard]] bool try_lock_until(Deadline deadline) {
    const timespec until = deadline.absolute();
    bool taken = try_lock();
    while (!taken && !deadline.has_passed()) {
      // The thread sanitizer does not know this call: under it, try_lock is repeated.
      taken = kThreadSanitizer
                  ? try_lock()
                  : is_taken(pthread_mutex_clocklock(&mutex_, CLOCK_MONOTONIC, &until));
    }
    return taken;
  }
  // Waits in bounded pieces: the kernel wakes one waiter, and that one may be stopped before it
  // takes the lock. Another waiter would sleep on beside a lock that is free.
  void lock() {
    for (bool taken = try_lock(); !taken;)
      taken = try_lock_until(Deadline::never().within(kLookAgain));
  }
  void unlock() noexcept { pthread_mutex_unlock(&mutex_); }

 private:
  bool is_taken(int error) {
    if (error == EBUSY || error == ETIMEDOUT) return false;
    if (error != 0 && error != EOWNERDEAD)
      throw SystemError("cannot take a lock in shared memory", error);

    if (error == EOWNERDEAD) pthread_mutex_consistent(&mutex_);
    return true;
  }

  pthread_mutex_t mutex_;
};

}  // namespace psq::detail
