// A probe that gets no processor credits next to nothing.
#include "clock/probe.h"

#include <gtest/gtest.h>

#include "load.h"

namespace psq::conformance {
namespace {

using namespace std::chrono_literals;

TEST(Probe, CreditsNoMoreThanItAskedFor) {
  EXPECT_EQ(Probe::credit(1ms), 1ms);
  EXPECT_EQ(Probe::credit(2100us), 2100us);
  EXPECT_LE(Probe::credit(10s), 3ms);
}

TEST(Probe, CreditsNoMoreThanPassed) {
  const Nanoseconds before = monotonic_now();
  const Probe probe;
  std::this_thread::sleep_for(50ms);
  const Nanoseconds credited = probe.credited();
  EXPECT_LE(credited, monotonic_now() - before);
  EXPECT_GT(credited, 2ms);
}

// Exits with 0 when the probe was starved, and says so.
[[noreturn]] void probe_in_the_background() {
  stay_on_first_processor();
  const sched_param idle{};
  ::sched_setscheduler(0, SCHED_IDLE, &idle);
  const Nanoseconds before = monotonic_now();
  const Probe probe;
  while (monotonic_now() - before < 500ms) std::this_thread::sleep_for(1ms);
  ::_exit(2 * probe.credited() < monotonic_now() - before ? 0 : 1);
}

TEST(Probe, StandsNearlyStillWhileItIsStarved) {
  Children load;
  for (int i = 0; i < 3; ++i) {
    load.start([] {
      stay_on_first_processor();
      compute();
    });
  }
  const pid_t starved = ::fork();
  if (starved == 0) probe_in_the_background();
  int status = 0;
  ::waitpid(starved, &status, 0);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace psq::conformance
