// Stops processes of a running program, and continues them.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "program/live_program.h"
#include "program/program.h"

namespace psq::conformance {

/// Carries out the stops of a program, one after the other.
class Stopper {
 public:
  Stopper(Scenario& t, const Program& program, LiveProgram& live)
      : t_(t), program_(program), live_(live) {}

  /// Stops the process whose turn it is, when that is due. A process that has no call to make any
  /// more is left out, and one that was to be stopped when it waits and does not come to wait.
  void stop_if_due(Nanoseconds started);
  /// The stop that stands ends: here, or by a kill of the caller's.
  void resume();
  void forget();

  [[nodiscard]] bool stands() const { return stands_; }
  /// Whether the stop that stands has lasted as long as it was to.
  [[nodiscard]] bool is_over() const { return monotonic_now() >= ends_at_; }
  [[nodiscard]] const Stop& current() const { return program_.stops[next_]; }
  /// Shown, not assumed: each thread of the stopped process slept in a system call for a while, and
  /// has done nothing since. What such a process holds, it holds while it waits.
  [[nodiscard]] bool is_in_wait() const { return in_wait_; }
  /// How many there were.
  [[nodiscard]] int stops() const { return stops_; }
  /// When something is to be done; kNoEnd when nothing is left.
  [[nodiscard]] Nanoseconds next_at(Nanoseconds started) const;

 private:
  /// The system call of a thread, and how often it had slept before.
  struct Asleep {
    std::string call;
    std::int64_t slept = 0;
    friend bool operator==(const Asleep&, const Asleep&) = default;
  };
  using Sleepers = std::map<pid_t, Asleep>;

  [[nodiscard]] bool is_at_work() const;
  [[nodiscard]] bool has_slept_long(pid_t pid);
  static std::optional<Sleepers> sleepers_of(pid_t pid);
  static bool still_sleep(const Sleepers& before, pid_t pid);
  void stop(pid_t pid);

  Scenario& t_;
  const Program& program_;
  LiveProgram& live_;
  std::size_t next_ = 0;
  bool stands_ = false;
  bool in_wait_ = false;
  int stops_ = 0;
  Nanoseconds ends_at_{0};
  std::optional<Sleepers> asleep_ = {};  // unchanged since then
  Nanoseconds asleep_since_{0};
};

}  // namespace psq::conformance
