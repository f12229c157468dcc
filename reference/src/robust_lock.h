// A lock between processes that outlives its holder.

#pragma once

#include <pthread.h>

#include <cerrno>

#include "src/clock.h"
#include "src/sanitizers.h"

namespace psq::detail {

// Lives in shared memory. When its holder dies the lock is free again, and the next one to take it
// is told so: what it protects may be half changed. Whoever is told has to repair that; who dies
// while repairing leaves it to the next.
class RobustLock {
 public:
  enum class Taken { kNo, kYes, kFromTheDead };

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

  [[nodiscard]] Taken try_lock() { return result_of(pthread_mutex_trylock(&mutex_)); }
  // Tries at least once. kNo: not before the deadline has passed.
  [[nodiscard]] Taken lock(Deadline deadline) {
    Taken taken = try_lock();
    while (taken == Taken::kNo && !deadline.has_passed()) {
      // In bounded pieces, as all sleeping in shared memory. The thread sanitizer knows every call
      // on a mutex but this one: for it the lock is tried again and again.
      const timespec until = deadline.within(kLookAgain).absolute();
      taken = kThreadSanitizer
                  ? try_lock()
                  : result_of(pthread_mutex_clocklock(&mutex_, CLOCK_MONOTONIC, &until));
    }
    return taken;
  }
  void unlock() noexcept { pthread_mutex_unlock(&mutex_); }

 private:
  Taken result_of(int error) {
    if (error == 0) return Taken::kYes;
    if (error == EBUSY || error == ETIMEDOUT) return Taken::kNo;
    if (error != EOWNERDEAD) throw SystemError("cannot take a lock in shared memory", error);
    pthread_mutex_consistent(&mutex_);
    return Taken::kFromTheDead;
  }

  pthread_mutex_t mutex_;
};

// Holds a RobustLock as long as it lives, if it got it.
class RobustGuard {
 public:
  struct Try {};
  RobustGuard(RobustLock& lock, Try) : lock_(lock), taken_(lock.try_lock()) {}
  RobustGuard(RobustLock& lock, Deadline deadline) : lock_(lock), taken_(lock.lock(deadline)) {}
  ~RobustGuard() {
    if (owns()) lock_.unlock();
  }
  RobustGuard(RobustGuard&&) = delete;

  // Tries again, at least once, if it has not got it.
  bool wait(Deadline deadline) {
    if (!owns()) taken_ = lock_.lock(deadline);
    return owns();
  }

  [[nodiscard]] bool owns() const noexcept { return taken_ != RobustLock::Taken::kNo; }
  [[nodiscard]] bool from_the_dead() const noexcept {
    return taken_ == RobustLock::Taken::kFromTheDead;
  }

 private:
  RobustLock& lock_;
  RobustLock::Taken taken_;
};

}  // namespace psq::detail
