// A clock that counts only the time in which the machine gave the driver's processes a fair chance.
//
// Of the time between two looks it leaves out what the probe was late by, what the host stole, and
// what threads of the processes spent runnable without a processor or waiting for a disk. What a
// thread of them ran counts in any case. So the clock stands nearly still while the machine starves
// the processes, and runs as the wall clock does when the machine is theirs.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>

#include "clock/kernel.h"
#include "clock/probe.h"

namespace psq::conformance {

/// Durations since the clock's start, or between two such readings.
struct Fairness {
  Nanoseconds wall{0};
  Nanoseconds fair{0};
  Nanoseconds ran{0};     // all threads of the processes together
  Nanoseconds denied{0};  // some thread was runnable, without a processor
  Nanoseconds disk{0};    // some thread waited for a disk
  Nanoseconds late{0};    // of the probe
  Nanoseconds stolen{0};
  Nanoseconds cpu_pressure{0};
  Nanoseconds io_pressure{0};

  friend Fairness operator-(const Fairness& a, const Fairness& b);
  /// `12.1 s passed, 1.3 s of it fair: …`, all of the above.
  [[nodiscard]] std::string in_words() const;
};

/// For one thread. Watches every descendant of this process, which are the driver's.
class FairClock {
 public:
  explicit FairClock(Kernel kernel = Kernel{});

  /// Everything until now. Takes a look at the processes: a fraction of a millisecond.
  Fairness read();
  /// As `read`, unless the newest look is so new that another one would cost more than it tells.
  const Fairness& recent();
  /// The part of the time between the two, on the monotonic clock, that was not fair, as the looks
  /// of the last minute show it. A look that is partly between them counts as far as it can.
  [[nodiscard]] Nanoseconds unfair_between(Nanoseconds from, Nanoseconds to) const;
  /// Fair time since the clock's start, which advances in steps of some milliseconds.
  Nanoseconds now() { return recent().fair; }

 private:
  struct Deltas {
    Nanoseconds ran{0};
    Nanoseconds most_ran{0};
    std::optional<Nanoseconds> denied = {};  // nothing: the kernel does not say
    bool disk = false;

    void add(const ThreadTimes& before, const ThreadTimes& now, Nanoseconds passed);
  };

  struct Step {
    Nanoseconds from{0};
    Nanoseconds to{0};
    Nanoseconds unfair{0};
  };

  void look();
  void find_processes(Nanoseconds now);
  Deltas look_at_threads(Nanoseconds passed);

  Kernel kernel_;
  Probe probe_;
  Nanoseconds started_ = monotonic_now();
  Nanoseconds looked_at_ = started_;
  Nanoseconds searched_at_{0};
  Nanoseconds search_took_{0};
  Nanoseconds credited_{0};
  MachineTimes machine_;
  std::vector<pid_t> processes_;
  std::map<pid_t, ThreadTimes> threads_;
  std::deque<Step> steps_;
  Fairness total_;
};

}  // namespace psq::conformance
