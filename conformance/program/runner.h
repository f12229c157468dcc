// Executes programs on real processes, brings each to an end, and judges what was seen.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "history/history.h"
#include "program/program.h"
#include "protocol/cause.h"
#include "suite/scenario.h"

namespace psq::conformance {

/// What a run showed to be wrong.
struct Violation {
  std::string clause = {};   // empty: no clause names this case
  std::string checker = {};  // that found it
  std::string why = {};
  std::vector<std::size_t> witness = {};  // indices into the history's operations
  std::optional<Cause> cause = {};        // a defect of one operation, whatever the clause
};

struct RunResult {
  history::History history = {};
  std::optional<Violation> violation = {};
  std::string undecided = {};   // why the run is neither right nor wrong; empty otherwise
  std::size_t overlapping = 0;  // pairs of calls on one object by two threads at once
  int kills = 0;                // of processes that ran
  int stops = 0;
  Nanoseconds took{0};  // of fair time
};

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
