// The fair clock beside processes that the machine treats badly, and where the kernel says little.
#include "clock/fair_clock.h"

#include <gtest/gtest.h>

#include "load.h"
#include "proc_folder.h"

namespace psq::conformance {
namespace {

using namespace std::chrono_literals;

void load_first_processor(Children& children, int processes) {
  for (int i = 0; i < processes; ++i) {
    children.start([] {
      stay_on_first_processor();
      compute();
    });
  }
}

// What a clock shows in a second of a process whose one child does `work`.
Fairness watch(const std::function<void()>& work) {
  Children own;
  FairClock clock;
  own.start(work);
  while (clock.read().ran == 0s) std::this_thread::sleep_for(1ms);
  const Fairness first = clock.read();
  while ((clock.recent() - first).wall < 1s) std::this_thread::sleep_for(5ms);
  return clock.read() - first;
}

/// In a process of its own: its children are not the clock's.
Fairness watch_beside(int load, const std::function<void()>& work) {
  Children background;
  load_first_processor(background, load);
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t controller = ::fork();
  if (controller == 0) {
    const Fairness seen = watch(work);
    ::_exit(::write(ends[1], &seen, sizeof seen) == sizeof seen ? 0 : 1);
  }
  Fairness seen;
  EXPECT_EQ(::read(ends[0], &seen, sizeof seen), static_cast<ssize_t>(sizeof seen));
  ::waitpid(controller, nullptr, 0);
  ::close(ends[0]);
  ::close(ends[1]);
  return seen;
}

TEST(FairClock, CountsNoTimeThatAThreadWasDenied) {
  const Fairness seen = watch_beside(3, [] {
    stay_on_first_processor();
    compute();
  });
  // A quarter of one processor, and less where the machine has other work.
  EXPECT_GT(2 * seen.denied, seen.wall) << seen.in_words();
  EXPECT_LT(2 * seen.fair, seen.wall) << seen.in_words();
  EXPECT_GE(seen.fair, seen.ran / 2) << seen.in_words();
}

TEST(FairClock, StandsNearlyStillForANicedProcess) {
  const Fairness seen = watch_beside(2, [] {
    stay_on_first_processor();
    static_cast<void>(::nice(19));
    compute();
  });
  EXPECT_LT(3 * seen.fair, seen.wall) << seen.in_words();
}

TEST(FairClock, DeniesNothingToAProcessThatSleeps) {
  const Fairness seen = watch_beside(0, [] {
    while (true) ::usleep(100'000);
  });
  EXPECT_LT(4 * seen.denied, seen.wall) << seen.in_words();
}

TEST(FairClock, CountsNoTimeOfAThreadThatWaitsForADisk) {
  ProcFolder proc;
  proc.thread(70'000, 70'001, 'S', "5 0 1");
  FairClock clock{Kernel{proc.path()}};
  std::this_thread::sleep_for(5ms);
  const Fairness before = clock.read();
  proc.thread(70'000, 70'001, 'D', "5 0 1");
  std::this_thread::sleep_for(30ms);
  const Fairness spent = clock.read() - before;
  EXPECT_EQ(spent.disk, spent.wall);
  EXPECT_EQ(spent.fair, 0ns);
}

TEST(FairClock, TellsWhenTheTimeWasUnfair) {
  ProcFolder proc;
  proc.thread(70'000, 70'001, 'D', "5 0 1");
  FairClock clock{Kernel{proc.path()}};
  std::this_thread::sleep_for(20ms);
  static_cast<void>(clock.read());
  const Nanoseconds between = monotonic_now();
  proc.thread(70'000, 70'001, 'S', "5 0 1");
  std::this_thread::sleep_for(20ms);
  const Fairness all = clock.read();
  const Nanoseconds end = monotonic_now();
  EXPECT_EQ(clock.unfair_between(between - 10ms, between - 5ms), 5ms);
  EXPECT_EQ(clock.unfair_between(between - 1h, end), all.wall - all.fair);
  EXPECT_LE(clock.unfair_between(between + 1ms, end), all.late);
  EXPECT_EQ(clock.unfair_between(end + 1ms, end + 1s), 0ms);
}

TEST(FairClock, CountsAThreadThatStillWaitsForAProcessor) {
  ProcFolder proc;
  proc.thread(70'000, 70'001, 'R', "5 7 1");
  FairClock clock{Kernel{proc.path()}};
  std::this_thread::sleep_for(5ms);
  const Fairness before = clock.read();
  std::this_thread::sleep_for(30ms);
  const Fairness spent = clock.read() - before;
  EXPECT_EQ(spent.denied, spent.wall) << "nothing of it stands in the schedule until it runs";
  EXPECT_EQ(spent.fair, 0ns);
}

TEST(FairClock, TakesThePressureWhereThereIsNoSchedule) {
  ProcFolder proc;
  proc.thread(70'000, 70'001, 'R');
  proc.write("pressure/cpu", "some avg10=0.00 avg60=0.00 avg300=0.00 total=1000\n");
  FairClock clock{Kernel{proc.path()}};
  std::this_thread::sleep_for(5ms);
  const Fairness before = clock.read();
  proc.write("pressure/cpu", "some avg10=0.00 avg60=0.00 avg300=0.00 total=11000\n");
  std::this_thread::sleep_for(30ms);
  const Fairness spent = clock.read() - before;
  EXPECT_EQ(spent.denied, 10ms);
  EXPECT_LE(spent.fair, spent.wall - 10ms);
}

TEST(FairClock, RunsWhereTheKernelSaysNothing) {
  FairClock clock{Kernel{"/there-is-no-such-folder"}};
  std::this_thread::sleep_for(50ms);
  const Fairness seen = clock.read();
  EXPECT_GT(seen.fair, 0ns);
  EXPECT_LE(seen.fair, seen.wall);
  EXPECT_EQ(seen.denied, 0ns);
}

}  // namespace
}  // namespace psq::conformance
