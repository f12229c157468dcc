// The named points at which a process is killed, terminated or stopped. Each is reached on purpose
// and shown to be reached.
#pragma once

#include <span>
#include <string>

#include "clauses/failure/crash_run.h"

namespace psq::conformance {

struct CrashPoint {
  /// The clause that records what survivors see after a death at this point.
  const char* clause;
  /// Brings a new run to the point.
  CrashRun (*reach)(Scenario&);
  /// The victim has obtained an item whose task is not done.
  bool task_is_left = false;

  /// `getter-alone` of `failure.moment.getter-alone`.
  [[nodiscard]] std::string name() const;
};

std::span<const CrashPoint> crash_points();

/// Interrupts the victim of a new run at this point, and looks at the survivors.
Aftermath after(Scenario& t, const CrashPoint& point, Interruption how, Nanoseconds enough);

}  // namespace psq::conformance
