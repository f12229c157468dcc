// Smaller programs that fail the same way, where one that failed may not fail again.
#pragma once

#include <functional>
#include <vector>

#include "program/program.h"

namespace psq::conformance {

/// The programs that are one step smaller, those that leave most out first. Never empty ones.
std::vector<Program> smaller(const Program& program);

/// How often a program failed, out of how many runs.
struct Tried {
  int failed = 0;
  int runs = 0;
};

/// Runs it once; true when it fails as the first one did.
using Fails = std::function<bool(const Program&)>;

/// The smallest program found until `deadline` that failed in one of some runs: the last for which
/// `fails` said so, or `program` itself. Whoever fails rarely is run more often before it is taken
/// to be right. `tried` gets how often that program failed, in runs that were not made to find it.
Program shrink(const Program& program, const Fails& fails, Nanoseconds deadline, Tried& tried);

}  // namespace psq::conformance
