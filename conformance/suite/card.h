// A failure, as a person should read it.
#pragma once

#include <string>

#include "protocol/message.h"
#include "suite/options.h"
#include "suite/verdict.h"

namespace psq::conformance {

/// Empty for a pass.
std::string failure_card(const TestResult& result, const Hello& hello, const Options& options);

}  // namespace psq::conformance
