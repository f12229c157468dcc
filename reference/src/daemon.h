// A daemon ends with its parent, also when the parent could not terminate it: because a signal
// ended the parent, or _exit.
//
// The system's parent-death signal comes when the *thread* ends that forked, though its process may
// go on. So a thread of the daemon watches the parent's process, and the signal is the second
// choice, for a daemon that cannot have a descriptor or a thread more.

#pragma once

#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <utility>

#include "src/own_descriptor.h"
#include "src/own_thread.h"

namespace psq::detail {

// Called once in a new child, by its only thread. From now on the child gets SIGTERM when `parent`
// has ended; at once if it has by now. A program that the child executes is not watched.
inline void end_with(pid_t parent) {
  Descriptor process = descriptor_of_process(parent);
  // From here on the descriptor stands for the parent, unless that one has ended.
  const bool watched =
      process.get() >= 0 && getppid() == parent && start_own_thread([process = std::move(process)] {
        pollfd ended{.fd = process.get(), .events = POLLIN, .revents = 0};
        while (poll(&ended, 1, -1) != 1) {
        }
        kill(getpid(), SIGTERM);
      });
  if (watched) return;
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) kill(getpid(), SIGTERM);
}

}  // namespace psq::detail
