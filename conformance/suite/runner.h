// Runs one test against one driver and says what it found out.
#pragma once

#include <optional>
#include <string>

#include "protocol/session.h"
#include "suite/ledger.h"
#include "suite/options.h"
#include "suite/registry.h"
#include "suite/results.h"
#include "suite/verdict.h"

namespace psq::conformance {

SessionOptions session_options(const Options& options);

/// Never throws for what a driver or an implementation does: that is in the result. `earlier` is
/// there when the test runs once more.
TestResult run_test(const TestCase& test, const Options& options, const Ledger& ledger,
                    ResultFile& file, std::optional<Earlier> earlier = {});

/// The result of a test that was not started.
TestResult not_run(const TestCase& test, Verdict verdict, const std::string& why,
                   const Options& options, ResultFile& file);

}  // namespace psq::conformance
