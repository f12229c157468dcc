#include "suite/verdict.h"

#include <algorithm>

namespace psq::conformance {

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
      return "pass";
    case Verdict::kFail:
      return "fail";
    case Verdict::kDeviates:
      return "deviates";
    case Verdict::kInconclusive:
      return "inconclusive";
    case Verdict::kUnsupported:
      return "unsupported";
    case Verdict::kBlocked:
      return "blocked";
    case Verdict::kExpectedFail:
      return "expected-fail";
    case Verdict::kUnexpectedPass:
      return "unexpected-pass";
    case Verdict::kDriverError:
      return "driver-error";
    case Verdict::kInternalError:
      return "internal-error";
  }
  return "?";
}

ExitStatus status_of(const std::vector<TestResult>& results, std::size_t planned) {
  const auto any = [&](Verdict verdict) {
    return std::ranges::find(results, verdict, &TestResult::verdict) != results.end();
  };
  const bool kept = std::ranges::all_of(results, &std::string::empty, &TestResult::problem);
  if (planned == 0 || results.size() != planned || any(Verdict::kInternalError) || !kept)
    return ExitStatus::kInternal;
  if (any(Verdict::kDriverError)) return ExitStatus::kDriverBroken;
  // What blocks a test is a defect, whether a test of the operation's own clauses saw it or not.
  if (any(Verdict::kFail) || any(Verdict::kBlocked) || any(Verdict::kUnexpectedPass))
    return ExitStatus::kFails;
  if (any(Verdict::kInconclusive)) return ExitStatus::kInconclusive;
  const bool nothing_seen = std::ranges::all_of(
      results, [](const TestResult& result) { return result.verdict == Verdict::kUnsupported; });
  if (nothing_seen) return ExitStatus::kInconclusive;  // a run that saw nothing is not green
  return ExitStatus::kConforms;
}

}  // namespace psq::conformance
