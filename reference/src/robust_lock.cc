#include "src/robust_lock.h"

#include <cerrno>

#include "psq/error.h"

namespace psq::detail {

RobustLock::RobustLock() {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  const int error = pthread_mutex_init(&mutex_, &attributes);
  pthread_mutexattr_destroy(&attributes);
  if (error != 0) throw SystemError("cannot make a robust lock", error);
}

RobustLock::Taken RobustLock::try_lock() {
  return result_of(pthread_mutex_trylock(&mutex_));
}

RobustLock::Taken RobustLock::lock(Deadline deadline) {
  Taken taken = try_lock();
  while (taken == Taken::kNo && !deadline.has_passed()) {
    // In bounded pieces, as all sleeping in shared memory.
    const timespec until = deadline.within(kLookAgain).absolute();
    taken = result_of(pthread_mutex_clocklock(&mutex_, CLOCK_MONOTONIC, &until));
  }
  return taken;
}

void RobustLock::unlock() noexcept {
  pthread_mutex_unlock(&mutex_);
}

RobustLock::Taken RobustLock::result_of(int error) {
  switch (error) {
    case 0:
      return Taken::kYes;
    case EOWNERDEAD:
      pthread_mutex_consistent(&mutex_);
      return Taken::kFromTheDead;
    case EBUSY:
    case ETIMEDOUT:
      return Taken::kNo;
    default:
      throw SystemError("cannot take a lock in shared memory", error);
  }
}

}  // namespace psq::detail
