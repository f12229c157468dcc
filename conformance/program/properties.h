// The properties: whatever a program does with an object of a kind, what its processes see is what
// the law allows.
#pragma once

#include <string>

#include "program/program.h"
#include "suite/scenario.h"

namespace psq::conformance {

/// Searches for a program on an object of this kind whose processes see what the law forbids. The
/// search fails at the clause that the program breaks. It goes on until a program has called the
/// operation that it is `about`, such as "joinable_queue.join".
void any_program(Scenario& t, Kind kind, std::string about = {});

}  // namespace psq::conformance
