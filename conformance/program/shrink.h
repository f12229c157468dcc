// Smaller programs that fail the same way, where one that failed may not fail again.
#pragma once

#include <functional>
#include <vector>

#include "program/program.h"

namespace psq::conformance {

/// The programs that are one step smaller, the smallest first. None is empty.
std::vector<Program> smaller(const Program& program);

/// How often a program failed, out of how many runs.
struct Tried {
  int failed = 0;
  int runs = 0;
};

/// Runs it once; true when it fails as the first one did.
using Fails = std::function<bool(const Program&)>;

/// The smallest program found until `deadline` that failed in one of some runs: the last for which
/// `fails` said so, or `program` itself. A program that fails rarely is run more often before it
/// counts as right. `tried` gets how often that program failed, in runs apart from the search.
Program shrink(const Program& program, const Fails& fails, Nanoseconds deadline, Tried& tried);

}  // namespace psq::conformance
