// Owners of what the kernel lends: descriptors, temporary folders, the view of other processes.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "clock/time.h"

namespace psq::conformance {

/// How far the wall clock is ahead of the monotonic one. A change between two readings means that
/// the wall clock was set or slewed in between.
Nanoseconds wall_clock_offset();

/// Owns one descriptor; closes it once.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd() { reset(); }

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool open() const { return fd_ >= 0; }
  void reset();

 private:
  int fd_ = -1;
};

/// A folder of its own under the system's temporary folder, removed with everything in it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  /// Removes what a process of this process namespace has left that ended without its destructors.
  static void remove_all_of(pid_t pid);

 private:
  std::filesystem::path path_;
};

/// Opens a pidfd; nothing when there is no such process (any more).
Fd open_pidfd(pid_t pid);

/// What the kernel says of one thread: its state letter and what it waits in.
struct ThreadView {
  char state = '?';
  std::string waits_in;    // the system call or kernel function; empty when unknown
  Nanoseconds ran{0};      // on a processor, in its whole life
  std::int64_t slept = 0;  // how often it gave up its processor to wait, in its whole life
};
std::optional<ThreadView> view_thread(pid_t pid, pid_t tid);

/// The system call that a thread is in, with its arguments, as the kernel prints them; empty when
/// it is in none, or the kernel does not say. A stop leaves it as it was.
std::string system_call_of(pid_t pid, pid_t tid);

/// Whether no thread of a process runs: each was stopped by a signal, or has ended. A signal is on
/// its way for a while after it was sent, and the threads go on until then, each for itself.
bool stands_still(pid_t pid);

/// The threads of a process by their ids; none when it has ended.
std::vector<pid_t> threads_of(pid_t pid);

/// Whether the process has a handler for the signal, as the kernel sees it.
bool handles_signal(pid_t pid, int signal);

/// Sends a signal through a pidfd, which can hit no other process. False when it has ended.
bool send_signal(const Fd& pidfd, int signal);

}  // namespace psq::conformance
