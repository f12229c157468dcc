#include "program/run_result.h"

#include "suite/memory_kills.h"

namespace psq::conformance {

RunResult doubted(RunResult result, std::int64_t kills) {
  if (!result.violation) return result;
  result.undecided = doubt_without_memory(kills, result.violation->why);
  if (!result.undecided.empty()) result.violation.reset();
  return result;
}

}  // namespace psq::conformance
