// Locks and conditions of threads.
#include <pthread.h>

#include "next.h"
#include "pauses.h"

namespace psq::slow {
namespace {

constinit Next<int(pthread_mutex_t*)> next_lock{"pthread_mutex_lock"};
constinit Next<int(pthread_mutex_t*)> next_unlock{"pthread_mutex_unlock"};
constinit Next<int(pthread_cond_t*, pthread_mutex_t*)> next_cond_wait{"pthread_cond_wait",
                                                                      "GLIBC_2.3.2"};
constinit Next<int(pthread_cond_t*, pthread_mutex_t*, const timespec*)> next_cond_timedwait{
    "pthread_cond_timedwait", "GLIBC_2.3.2"};
constinit Next<int(pthread_cond_t*, pthread_mutex_t*, clockid_t, const timespec*)>
    next_cond_clockwait{"pthread_cond_clockwait"};
constinit Next<int(pthread_cond_t*)> next_cond_signal{"pthread_cond_signal", "GLIBC_2.3.2"};
constinit Next<int(pthread_cond_t*)> next_cond_broadcast{"pthread_cond_broadcast", "GLIBC_2.3.2"};

template <typename Call>
int locked(Call&& call) {
  pause_perhaps(Site::kLock);
  const int result = call();
  pause_perhaps(Site::kLock);
  return result;
}

}  // namespace
}  // namespace psq::slow

using namespace psq::slow;

extern "C" {

int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
  return locked([&] { return next_lock(mutex); });
}

int pthread_mutex_unlock(pthread_mutex_t* mutex) noexcept {
  return locked([&] { return next_unlock(mutex); });
}

int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
  return locked([&] { return next_cond_wait(condition, mutex); });
}

int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                           const timespec* until) {
  return locked([&] { return next_cond_timedwait(condition, mutex, until); });
}

int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
                           const timespec* until) {
  return locked([&] { return next_cond_clockwait(condition, mutex, clock, until); });
}

int pthread_cond_signal(pthread_cond_t* condition) noexcept {
  return locked([&] { return next_cond_signal(condition); });
}

int pthread_cond_broadcast(pthread_cond_t* condition) noexcept {
  return locked([&] { return next_cond_broadcast(condition); });
}

}  // extern "C"
