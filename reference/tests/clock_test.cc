#include "src/clock.h"

#include <gtest/gtest.h>

#include <limits>

#include "psq/timeout.h"

namespace psq::detail {
namespace {

using namespace std::chrono_literals;
using Seconds = std::chrono::duration<double>;

TEST(Timeout, NegativeAndZeroAreOneImmediateAttempt) {
  EXPECT_EQ(Timeout(0ms).length(), 0ns);
  EXPECT_EQ(Timeout(-1s).length(), 0ns);
  EXPECT_EQ(Timeout(Seconds(-0.0)).length(), 0ns);
  EXPECT_EQ(Timeout(Seconds(-std::numeric_limits<double>::infinity())).length(), 0ns);
  EXPECT_EQ(Timeout(no_wait).length(), 0ns);
}

TEST(Timeout, InfinityAndWhatDoesNotFitAreForEver) {
  EXPECT_TRUE(Timeout(forever).is_forever());
  EXPECT_TRUE(Timeout(Seconds(std::numeric_limits<double>::infinity())).is_forever());
  EXPECT_TRUE(Timeout(Seconds(1e18)).is_forever());
  EXPECT_TRUE(Timeout(std::chrono::hours::max()).is_forever());
  EXPECT_FALSE(Timeout(Seconds(1e9)).is_forever());
}

TEST(Timeout, NotANumberIsRefused) {
  EXPECT_THROW(Timeout(Seconds(std::numeric_limits<double>::quiet_NaN())), InvalidArgument);
}

TEST(Timeout, IsNeverRoundedDown) {
  EXPECT_EQ(Timeout(std::chrono::duration<double, std::nano>(1.25)).length(), 2ns);
  EXPECT_EQ(Timeout(123456789ns).length(), 123456789ns);
}

TEST(Deadline, IsOnTheMonotonicClock) {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  const timespec then = Deadline::after(1h).absolute();
  EXPECT_GE(then.tv_sec, now.tv_sec + 3600);
  EXPECT_LE(then.tv_sec, now.tv_sec + 3700);
}

TEST(Deadline, PassesNotBeforeItsTime) {
  const auto begin = Clock::now();
  const Deadline deadline = Deadline::after(20ms);
  while (!deadline.has_passed()) {
  }
  EXPECT_GE(Clock::now() - begin, 20ms);
  EXPECT_EQ(deadline.left().tv_sec, 0);
  EXPECT_EQ(deadline.left().tv_nsec, 0);
}

TEST(Deadline, NeverDoesNotPass) {
  EXPECT_TRUE(Deadline::after(forever).is_never());
  EXPECT_TRUE(Deadline::after(std::chrono::nanoseconds::max() - 1ns).is_never());
  EXPECT_FALSE(Deadline::never().has_passed());
  EXPECT_FALSE(Deadline::never().within(1ms).is_never());
}

TEST(Deadline, WithinTakesTheSooner) {
  EXPECT_TRUE(Deadline::after(no_wait).within(1h).has_passed());
  EXPECT_TRUE(Deadline::after(1h).within(0ms).has_passed());
}

}  // namespace
}  // namespace psq::detail
