#include "history/check.h"

#include <algorithm>

#include "history/index.h"

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

std::vector<Finding> check_all(const History& history) {
  if (history.operations.empty()) return {unknown("all", "the history has no operations")};
  const Index index{history};
  std::vector<Finding> findings;
  for (const auto check : {nothing_invented, nothing_duplicated, nothing_lost, producer_order,
                           capacity, emptiness, fullness, sizes, tasks, joins, timeouts}) {
    findings.push_back(check(index));
  }
  for (std::size_t object = 0; object < history.objects.size(); ++object) {
    if (is_strict(index.kind(object))) findings.push_back(fifo(index, object));
  }
  return findings;
}

}  // namespace psq::history
