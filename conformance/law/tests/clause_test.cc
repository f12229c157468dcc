#include "law/clause.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace psq::conformance {
namespace {

TEST(ClauseTable, HoldsWholeClauses) {
  ASSERT_FALSE(clauses().empty());
  for (const Clause& clause : clauses()) {
    SCOPED_TRACE(clause.id);
    EXPECT_TRUE(clause.sentence.ends_with('.'));
    EXPECT_FALSE(clause.source.empty());
    ASSERT_TRUE(clause.page.ends_with(".md"));
    EXPECT_GT(clause.line, 0);
    EXPECT_TRUE(clause.id.starts_with(clause.page.substr(0, clause.page.size() - 3)));
  }
}

TEST(ClauseTable, FindsEachClauseById) {
  std::set<std::string_view> seen;
  for (const Clause& clause : clauses()) {
    EXPECT_TRUE(seen.insert(clause.id).second) << clause.id;
    EXPECT_EQ(find_clause(clause.id), &clause);
  }
}

TEST(ClauseTable, KnowsWhatItDoesNotHave) {
  EXPECT_EQ(find_clause("queue.put"), nullptr);
  EXPECT_EQ(find_clause(""), nullptr);
}

TEST(ClauseTable, CarriesLevelAndProfileFromThePage) {
  const Clause* delay = find_clause("queue.get.visibility-delay");
  ASSERT_NE(delay, nullptr);
  EXPECT_EQ(to_string(delay->level), "MAY");
  EXPECT_EQ(to_string(delay->profile), "base");
  EXPECT_FALSE(delay->why.empty());
  EXPECT_EQ(delay->page, "queue.md");

  const Clause* exit = find_clause("queue.exit.flushes");
  ASSERT_NE(exit, nullptr);
  EXPECT_EQ(to_string(exit->level), "MUST");
  EXPECT_EQ(to_string(exit->profile), "lifecycle");
}

TEST(ClauseTable, HasADigest) {
  EXPECT_EQ(clause_digest().size(), 64U);
  EXPECT_EQ(clause_digest().find_first_not_of("0123456789abcdef"), std::string_view::npos);
}

}  // namespace
}  // namespace psq::conformance
