// What the kernel says of the time of threads and of the machine. Each reading is absent where the
// kernel does not have the file: a clock that uses it then counts that time as fair.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <vector>

#include "clock/time.h"

namespace psq::conformance {

/// Of one thread, in its whole life.
struct ThreadTimes {
  char state = '?';
  std::optional<Nanoseconds> ran = {};     // on a processor
  std::optional<Nanoseconds> denied = {};  // runnable, without a processor
};

/// Of the whole machine, since it started.
struct MachineTimes {
  std::optional<Nanoseconds> stolen = {};        // by the host, from the processor that lost most
  std::optional<Nanoseconds> cpu_pressure = {};  // some thread was runnable without a processor
  std::optional<Nanoseconds> io_pressure = {};   // some thread waited for a disk
};

/// Reads below a folder, which is /proc but in tests. Thread-safe.
class Kernel {
 public:
  explicit Kernel(std::filesystem::path proc = "/proc") : proc_(std::move(proc)) {}

  /// Empty when the process is gone.
  [[nodiscard]] std::vector<pid_t> threads_of(pid_t process) const;
  /// Nothing when the thread is gone.
  [[nodiscard]] std::optional<ThreadTimes> thread(pid_t process, pid_t thread) const;
  [[nodiscard]] MachineTimes machine() const;
  /// Every process that descends from this one, which is not among them.
  [[nodiscard]] std::vector<pid_t> descendants_of(pid_t process) const;

 private:
  std::filesystem::path proc_;
};

}  // namespace psq::conformance
