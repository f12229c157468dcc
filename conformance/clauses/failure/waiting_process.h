// A process that waits in calls of every kind, for tests that interrupt it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "suite/scenario.h"

namespace psq::conformance {

/// A call with a timeout, for which nothing comes.
struct TimedWait {
  std::function<Request(Nanoseconds timeout)> ask;
  /// Demands what the call answers when its time is over.
  std::function<void(const Answer&)> over;
};

/// A call without a timeout.
struct EndlessWait {
  Request ask;
  /// Brings what the call waits for, and returns what it must obtain; nothing: it is merely ok.
  std::function<std::optional<Payload>()> release;
};

struct WaitingProcess {
  Actor process;
  std::vector<TimedWait> timed;
  std::vector<EndlessWait> endless;
};

/// Those kinds of calls of which the law says that they wait, by the type of the object.
struct WaitingKind {
  std::string name;
  std::function<WaitingProcess(Scenario&)> make;
};
const std::vector<WaitingKind>& waiting_kinds();

struct Interrupted {
  /// The process can run again from this time on; 0 if it could all the time.
  Nanoseconds runs_from{};
  /// Whether each call surely noticed it, had it begun to wait before.
  bool in_time = true;
};

/// Interrupts the process until about that time.
using Interrupt = std::function<Interrupted(Scenario&, const Actor&, Nanoseconds until)>;

/// Makes the calls, interrupts them, and demands that they end as without the interruption.
void expect_waits_through(Scenario& t, const WaitingProcess& waiting, const Interrupt& interrupt);

}  // namespace psq::conformance
