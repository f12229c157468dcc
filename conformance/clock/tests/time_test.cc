// How durations are written.
#include "clock/time.h"

#include <gtest/gtest.h>

namespace psq::conformance {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

TEST(Human, ThreeDigitsAndAUnit) {
  EXPECT_EQ(human(nanoseconds{123}), "0.123 us");
  EXPECT_EQ(human(microseconds{12}), "12 us");
  EXPECT_EQ(human(microseconds{999'960}), "1000 ms");
  EXPECT_EQ(human(microseconds{10'240}), "10.2 ms");
  EXPECT_EQ(human(seconds{15} + milliseconds{400}), "15.4 s");
}

TEST(Human, BesideAnotherAsManyDigitsAsTellThemApart) {
  EXPECT_EQ(human_beside(microseconds{10'240}, milliseconds{20}), "10.2 ms");
  EXPECT_EQ(human_beside(microseconds{599'620}, milliseconds{600}), "599.6 ms");
  EXPECT_EQ(human_beside(nanoseconds{599'999'999}, milliseconds{600}), "599.999999 ms");
  EXPECT_EQ(human_beside(microseconds{999'990}, seconds{1}), "999.99 ms");
  EXPECT_EQ(human_beside(microseconds{99}, microseconds{100}), "99 us");
  EXPECT_EQ(human_beside(milliseconds{1'999}, seconds{2}), "1.999 s");
}

}  // namespace
}  // namespace psq::conformance
