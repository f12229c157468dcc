// What the run of one program showed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "clock/time.h"
#include "history/history.h"
#include "protocol/cause.h"

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

/// The same, but undecided where it is a violation and the kernel ended so many processes meanwhile
/// because there was no memory left.
RunResult doubted(RunResult result, std::int64_t kills);

}  // namespace psq::conformance
