// What one test found out, and what that makes of a whole run.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace psq::conformance {

enum class Verdict {
  kPass,
  kFail,
  kDeviates,  // fails a SHOULD: reported, and no failure of the run
  kInconclusive,
  kUnsupported,
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
  std::string columns = {};  // the transcript around the failing step
  std::string card = {};     // ready to print
  double seconds = 0;
  std::string evidence = {};                         // folder
  std::map<std::string, std::string> observed = {};  // clause -> behaviour seen
  std::map<std::string, std::int64_t> seen = {};     // of a search: how much of what
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
  std::string columns = {};  // of a run that is over; of the session's transcript when empty
  std::map<std::string, std::string> files = {};  // for the evidence, by name
};

}  // namespace psq::conformance
