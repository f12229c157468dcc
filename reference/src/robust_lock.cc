#include "src/robust_lock.h"

#include <cerrno>

#include "psq/error.h"
#include "src/sanitizers.h"

#ifdef PSQ_THREAD_SANITIZER
#include <sanitizer/tsan_interface.h>
#endif

namespace psq::detail {
namespace {

// The thread sanitizer knows every call on a mutex but pthread_mutex_clocklock: it has to be told
// what comes of it.
int clock_lock(pthread_mutex_t& mutex, const timespec& until) {
#ifdef PSQ_THREAD_SANITIZER
  __tsan_mutex_pre_lock(&mutex, __tsan_mutex_try_lock);
#endif
  const int error = pthread_mutex_clocklock(&mutex, CLOCK_MONOTONIC, &until);
#ifdef PSQ_THREAD_SANITIZER
  const bool taken = error == 0 || error == EOWNERDEAD;
  __tsan_mutex_post_lock(
      &mutex, taken ? __tsan_mutex_try_lock : __tsan_mutex_try_lock | __tsan_mutex_try_lock_failed,
      0);
#endif
  return error;
}

}  // namespace

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
    taken = result_of(clock_lock(mutex_, until));
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
