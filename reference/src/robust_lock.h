// A lock between processes that stays usable after its holder died.

#pragma once

#include <pthread.h>

#include <cerrno>
#include <utility>

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
    if (error == 0) return true;
    if (error == EBUSY || error == ETIMEDOUT) return false;
    if (error != EOWNERDEAD) throw SystemError("cannot take a lock in shared memory", error);
    pthread_mutex_consistent(&mutex_);
    return true;
  }

  pthread_mutex_t mutex_;
};

// A lock that is held, or none. Each message pays for it: it is a pointer, and nothing else.
class HeldLock {
 public:
  HeldLock() = default;
  // Of a lock that the calling thread holds.
  explicit HeldLock(RobustLock& lock) noexcept : lock_(&lock) {}
  // None: another thread holds it.
  [[nodiscard]] static HeldLock if_free(RobustLock& lock) {
    return lock.try_lock() ? HeldLock(lock) : HeldLock();
  }
  HeldLock(HeldLock&& other) noexcept : lock_(std::exchange(other.lock_, nullptr)) {}
  ~HeldLock() {
    if (lock_ != nullptr) lock_->unlock();
  }

  explicit operator bool() const noexcept { return lock_ != nullptr; }

 private:
  RobustLock* lock_ = nullptr;
};

}  // namespace psq::detail
