#include "program/run_result.h"

#include <gtest/gtest.h>

namespace psq::conformance {
namespace {

const RunResult kViolated{.violation = Violation{.clause = "queue.get.obtains", .why = "it hangs"}};

TEST(Doubted, AViolationWhileTheKernelEndedProcessesIsUndecided) {
  const RunResult result = doubted(kViolated, 2);
  EXPECT_FALSE(result.violation);
  EXPECT_EQ(result.undecided,
            "the system ran out of memory and ended processes, 2 in all; meanwhile: it hangs");
}

TEST(Doubted, AViolationWithMemoryStands) {
  const RunResult result = doubted(kViolated, 0);
  ASSERT_TRUE(result.violation);
  EXPECT_EQ(result.violation->clause, "queue.get.obtains");
  EXPECT_EQ(result.undecided, "");
}

TEST(Doubted, WhatIsNoViolationStaysSo) {
  EXPECT_EQ(doubted({.undecided = "too slow"}, 1).undecided, "too slow");
  EXPECT_EQ(doubted({}, 1).undecided, "");
}

}  // namespace
}  // namespace psq::conformance
