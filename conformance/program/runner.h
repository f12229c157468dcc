// Executes programs on real processes, brings each to an end, and judges what was seen.
#pragma once

#include <cstddef>

#include "history/history.h"
#include "program/program.h"
#include "program/run_result.h"
#include "suite/scenario.h"

namespace psq::conformance {

/// Runs programs one after the other in a scenario of its own, which it starts afresh now and then,
/// and after every run that may have left something behind. Throws DriverError, Unsupported.
class ProgramRunner {
 public:
  explicit ProgramRunner(Scenario& scenario) : t_(scenario) {}

  /// A call that must end and has not after `hang_bound` of fair time hangs.
  RunResult run(const Program& program, Nanoseconds hang_bound);
  RunResult run(const Program& program) {
    return run(program, FairBound::kHangs * t_.hang_bound());
  }

 private:
  Scenario& t_;
  int runs_ = 0;
  bool afresh_ = false;
};

/// By how much calls that gave up ended after their timeouts: the median, 0 when none gave up.
Nanoseconds lateness_of(const history::History& history);

/// Pairs of operations on one object by different threads that overlap in time.
std::size_t overlapping_pairs(const history::History& history);

}  // namespace psq::conformance
