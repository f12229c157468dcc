// Descriptors of the library's own: close-on-exec, and none of the three standard ones.

#pragma once

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "psq/descriptor.h"
#include "src/probe.h"

namespace psq::detail {

// Takes over a descriptor that a system call has just made, or -1, and keeps it above 2. A program
// may start with a standard descriptor closed, and the system gives out the lowest free number:
// what the program writes to its standard output would go into a queue's memory. -1, with errno:
// the call failed, or there is no number above 2.
[[nodiscard]] inline Descriptor own_descriptor(int made) noexcept {
  Descriptor low(made);
  if (made < 0 || !altered("descriptor.is-standard", made <= STDERR_FILENO)) return low;
  return Descriptor(fcntl(made, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
}

// A descriptor that can be polled for the end of the process; -1, with errno. glibc 2.36 declares
// pidfd_open for C only.
[[nodiscard]] inline Descriptor descriptor_of_process(pid_t process) noexcept {
  return own_descriptor(static_cast<int>(syscall(SYS_pidfd_open, process, 0)));
}

}  // namespace psq::detail
