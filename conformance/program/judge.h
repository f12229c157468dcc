// The verdict on one run of a program: its outcomes, then the checkers.
#pragma once

#include <vector>

#include "program/runner.h"
#include "program/tally.h"

namespace psq::conformance {

/// Sets `result.violation`, or `result.undecided` when a checker could not decide. A violation that
/// is known already stays, unless a defect of one operation explains it.
void judge(const Program& program, const std::vector<Running>& threads, RunResult& result);

}  // namespace psq::conformance
