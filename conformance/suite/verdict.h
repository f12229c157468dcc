// What one test found out, and what that makes of a whole run.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/cause.h"

namespace psq::conformance {

enum class Verdict {
  kPass,
  kFail,
  kDeviates,  // fails a SHOULD: reported, and no failure of the run
  kInconclusive,
  kUnsupported,
  kBlocked,  // a call that it only needs ends in a way that no clause of the operation allows
  kExpectedFail,
  kUnexpectedPass,
  kDriverError,
  kInternalError,
};
std::string_view to_string(Verdict verdict);

/// The exit statuses that the README promises. Where several apply, the first in this order wins:
/// internal, usage, driver, fails, inconclusive, conforms.
enum class ExitStatus : int {
  kConforms = 0,
  kFails = 1,
  kInconclusive = 2,
  kDriverBroken = 3,
  kUsage = 64,
  kInternal = 70,
};

/// What a test that could not be decided had come to, before it ran once more.
struct Earlier {
  std::string message;
  double seconds = 0;
};

struct TestResult {
  std::string test;
  std::vector<std::string> clauses;
  Verdict verdict = Verdict::kPass;
  std::string clause = {};  // the one that failed
  std::string expected = {};
  std::string saw = {};
  std::string message = {};  // of every verdict but pass
  /// The defect, when one call's end shows it: "simple_queue.empty raised AttributeError".
  std::string cause = {};
  std::vector<std::string> sections = {};  // of the law, that are about that call
  std::string columns = {};                // the transcript around the failing step
  std::string card = {};                   // ready to print
  std::string problem = {};                // what of the test could not be kept; the verdict stands
  double seconds = 0;
  std::string evidence = {};                         // folder
  std::map<std::string, std::string> observed = {};  // clause -> behaviour seen
  std::map<std::string, std::int64_t> seen = {};     // of a search: how much of what
  std::set<std::string> asked = {};                  // what the driver had to declare for it
  std::map<std::string, std::string> files = {};     // for the evidence, by name
  std::vector<std::string> late = {};                // what ended late, on a machine that was fair
  std::optional<Earlier> earlier = {};               // of a test that ran once more
};

/// What a run with these results has to exit with.
ExitStatus status_of(const std::vector<TestResult>& results, std::size_t planned);

/// A test that saw what a clause forbids. Thrown by expectations, caught by the runner.
struct Failed {
  std::string clause = {};  // the test's first one when empty
  std::string expected;
  std::string saw;
  std::size_t step = 0;
  std::optional<Cause> cause = {};  // a defect of the operation, whatever the test is about
  std::string columns = {};         // of a run that is over; of the session's transcript when empty
  std::map<std::string, std::string> files = {};  // for the evidence, by name
};

/// A test that did not come to its clause, because of a defect of an operation that it needs.
struct Blocked {
  Failed failed;  // what it is when the test decides a clause of the operation; has a cause
};

}  // namespace psq::conformance
