#include "history/check.h"

#include <algorithm>

namespace psq::history {

std::string_view to_string(Judgment judgment) {
  switch (judgment) {
    case Judgment::kHolds:
      return "holds";
    case Judgment::kViolated:
      return "violated";
    case Judgment::kUnknown:
      break;
  }
  return "unknown";
}

Judgment worst(const std::vector<Finding>& findings) {
  const auto any = [&](Judgment judgment) {
    return std::ranges::any_of(findings, [&](const auto& f) { return f.judgment == judgment; });
  };
  if (any(Judgment::kViolated)) return Judgment::kViolated;
  if (any(Judgment::kUnknown) || findings.empty()) return Judgment::kUnknown;
  return Judgment::kHolds;
}

}  // namespace psq::history
