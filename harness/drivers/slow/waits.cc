// Calls that wait: for descriptors, semaphores, futexes, children.
#include <poll.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>

#include "next.h"
#include "pauses.h"

namespace psq::slow {
namespace {

constinit Next<int(pollfd*, nfds_t, int)> next_poll{"poll"};
constinit Next<int(pollfd*, nfds_t, const timespec*, const sigset_t*)> next_ppoll{"ppoll"};
constinit Next<int(int, fd_set*, fd_set*, fd_set*, timeval*)> next_select{"select"};
constinit Next<int(int, epoll_event*, int, int)> next_epoll_wait{"epoll_wait"};
constinit Next<int(sem_t*)> next_sem_wait{"sem_wait"};
constinit Next<int(sem_t*)> next_sem_trywait{"sem_trywait"};
constinit Next<int(sem_t*, const timespec*)> next_sem_timedwait{"sem_timedwait"};
constinit Next<int(sem_t*, clockid_t, const timespec*)> next_sem_clockwait{"sem_clockwait"};
constinit Next<int(sem_t*)> next_sem_post{"sem_post"};
constinit Next<pid_t(pid_t, int*, int)> next_waitpid{"waitpid"};
constinit Next<long(long, ...)> next_syscall{"syscall"};

/// A call that a signal interrupts.
template <typename Wait>
int waited(Wait&& wait) {
  if (!pause_before_waiting()) {
    errno = EINTR;
    return -1;
  }
  const int result = wait();
  pause_perhaps();
  return result;
}

}  // namespace
}  // namespace psq::slow

using namespace psq::slow;

extern "C" {

int poll(pollfd* descriptors, nfds_t count, int timeout) {
  return waited([&] { return next_poll(descriptors, count, timeout); });
}

int __poll_chk(pollfd* descriptors, nfds_t count, int timeout, std::size_t) {
  return poll(descriptors, count, timeout);
}

int ppoll(pollfd* descriptors, nfds_t count, const timespec* timeout, const sigset_t* mask) {
  return waited([&] { return next_ppoll(descriptors, count, timeout, mask); });
}

int select(int count, fd_set* read, fd_set* write, fd_set* except, timeval* timeout) {
  return waited([&] { return next_select(count, read, write, except, timeout); });
}

int epoll_wait(int descriptor, epoll_event* events, int count, int timeout) {
  return waited([&] { return next_epoll_wait(descriptor, events, count, timeout); });
}

int sem_wait(sem_t* semaphore) {
  return waited([&] { return next_sem_wait(semaphore); });
}

int sem_timedwait(sem_t* semaphore, const timespec* until) {
  return waited([&] { return next_sem_timedwait(semaphore, until); });
}

int sem_clockwait(sem_t* semaphore, clockid_t clock, const timespec* until) {
  return waited([&] { return next_sem_clockwait(semaphore, clock, until); });
}

int sem_trywait(sem_t* semaphore) noexcept {
  pause_perhaps();
  const int result = next_sem_trywait(semaphore);
  pause_perhaps();
  return result;
}

int sem_post(sem_t* semaphore) noexcept {
  pause_perhaps();
  const int result = next_sem_post(semaphore);
  pause_perhaps();
  return result;
}

pid_t waitpid(pid_t pid, int* status, int options) {
  pause_perhaps();
  const pid_t result = next_waitpid(pid, status, options);
  pause_perhaps();
  return result;
}

// Of all system calls that have no function of their own, futexes alone have pauses.
long syscall(long number, ...) noexcept {
  va_list rest;
  va_start(rest, number);
  long given[6];
  for (long& each : given) each = va_arg(rest, long);
  va_end(rest);
  const bool slow = number == SYS_futex;
  if (slow && !pause_before_waiting()) {
    errno = EINTR;
    return -1;
  }
  const long result =
      next_syscall(number, given[0], given[1], given[2], given[3], given[4], given[5]);
  if (slow) pause_perhaps();
  return result;
}

}  // extern "C"
