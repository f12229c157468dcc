// A lock between processes that outlives its holder.

#ifndef PSQ_SRC_ROBUST_LOCK_H_
#define PSQ_SRC_ROBUST_LOCK_H_

#include <pthread.h>

#include "src/clock.h"

namespace psq::detail {

// Lives in shared memory. When its holder dies the lock is free again, and the next one to take it
// is told so: what it protects may be half changed. Whoever is told has to repair that; who dies
// while repairing leaves it to the next.
class RobustLock {
 public:
  enum class Taken { kNo, kYes, kFromTheDead };

  RobustLock();
  RobustLock(const RobustLock&) = delete;
  RobustLock& operator=(const RobustLock&) = delete;

  [[nodiscard]] Taken try_lock();
  // Tries at least once. kNo: not before the deadline has passed.
  [[nodiscard]] Taken lock(Deadline deadline);
  void unlock() noexcept;

 private:
  Taken result_of(int error);

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
  RobustGuard(const RobustGuard&) = delete;
  RobustGuard& operator=(const RobustGuard&) = delete;

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

#endif  // PSQ_SRC_ROBUST_LOCK_H_
