// What a bound makes of the times that it is given.
#include "clock/fair_bound.h"

#include <gtest/gtest.h>

namespace psq::conformance {
namespace {

using namespace std::chrono_literals;
using State = FairBound::State;

constexpr Nanoseconds kBound = 1s;

State judge(Nanoseconds wall, Nanoseconds fair, Nanoseconds ran = 0s, Nanoseconds lately_ran = 0s) {
  return FairBound::judge(kBound, {.wall = wall, .fair = fair, .ran = ran},
                          {.fair = std::min(fair, kBound), .ran = lately_ran});
}

TEST(FairBound, WallClockAloneDecidesNothing) {
  EXPECT_EQ(judge(500ms, 500ms), State::kInTime);
  EXPECT_EQ(judge(15s, 900ms), State::kInTime);
}

TEST(FairBound, LateIsNotHung) {
  EXPECT_EQ(judge(1100ms, 1100ms), State::kLate);
  EXPECT_EQ(judge(10s, 2900ms), State::kLate);
  EXPECT_EQ(judge(3100ms, 3100ms), State::kHung);
  EXPECT_EQ(judge(15s, 3100ms), State::kHung);
}

TEST(FairBound, ProcessesThatComputeGoOnUntilTheyHadTheirShare) {
  EXPECT_EQ(judge(4s, 4s, 2s, 500ms), State::kLate);
  EXPECT_EQ(judge(4s, 4s, 2s, 10ms), State::kHung) << "they stopped computing";
  EXPECT_EQ(judge(7s, 7s, 6100ms, 1s), State::kHung) << "an endless loop is told in the end";
}

TEST(FairBound, AMachineThatGivesNothingDecidesNothing) {
  EXPECT_EQ(judge(21s, 500ms), State::kUndecided);
  EXPECT_EQ(judge(21s, 2900ms), State::kUndecided);
  EXPECT_EQ(judge(21s, 5s, 4s, 1s), State::kUndecided);
}

TEST(FairBound, ProgressMakesItBeginAgain) {
  FairClock clock{Kernel{"/there-is-no-such-folder"}};
  FairBound bound{clock, 30ms};
  while (bound.state() == State::kInTime) std::this_thread::sleep_for(5ms);
  bound.restart();
  EXPECT_EQ(bound.state(), State::kInTime);
}

}  // namespace
}  // namespace psq::conformance
