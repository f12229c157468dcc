// Long histories of runs that were right, as they would be recorded.
#pragma once

#include <cstdint>

#include "history/history.h"

namespace psq::history {

struct Simulation {
  ObjectKind kind = ObjectKind::kSimpleQueue;
  std::int64_t maxsize = 0;
  std::size_t values = 1000;    // each put once and obtained once
  std::uint16_t processes = 8;  // half of them put, the other half get
  double empties = 0;           // of the gets, how many find nothing first
  bool tasks = false;           // each get is followed by a task_done, and a join ends it all
  std::uint64_t seed = 1;
};

/// Operations in the order of their returns, as recorders have them. Complete.
[[nodiscard]] History simulate(const Simulation& simulation);

}  // namespace psq::history
