// What tests demand of a judgment: the right failure, not just any.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "history/check.h"
#include "history/tests/random_history.h"
#include "law/clause.h"

namespace psq::history {

inline void expect_clauses_exist(const Finding& finding) {
  if (finding.clause.empty()) return;
  EXPECT_NE(conformance::find_clause(finding.clause), nullptr)
      << finding.checker << " names " << finding.clause << ", which the law does not have";
}

inline void expect_holds(const History& history) {
  for (const auto& finding : check_all(history)) {
    EXPECT_EQ(finding.judgment, Judgment::kHolds) << finding.checker << ": " << finding.why << '\n'
                                                  << to_text(history);
  }
}

/// Exactly these checkers find something, the first one at that clause.
inline void expect_violated(const History& history, const std::string& clause,
                            const std::vector<std::string>& checkers) {
  std::vector<std::string> found;
  std::string first = "none";
  for (const auto& finding : check_all(history)) {
    expect_clauses_exist(finding);
    if (finding.judgment == Judgment::kHolds) continue;
    EXPECT_EQ(finding.judgment, Judgment::kViolated) << finding.checker << ": " << finding.why;
    EXPECT_FALSE(finding.why.empty());
    EXPECT_FALSE(finding.witness.empty());
    if (finding.checker == checkers.at(0)) first = finding.clause;
    found.push_back(finding.checker);
  }
  auto wanted = checkers;
  std::ranges::sort(wanted);
  std::ranges::sort(found);
  EXPECT_EQ(found, wanted) << to_text(history);
  EXPECT_EQ(first, clause) << to_text(history);
}

}  // namespace psq::history
