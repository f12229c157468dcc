#include "src/futex_event.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <atomic>

#include "tests/child.h"
#include "tests/shared_object.h"

namespace psq::detail {
namespace {

using namespace std::chrono_literals;
using psq::test::await;
using psq::test::Child;
using psq::test::SharedObject;

struct Shared {
  FutexEvent event;
  std::atomic<int> looks{0};
  std::atomic<int> value{0};
};

// Waits for the value, and counts in shared memory how often it looks at the condition.
int wait_for(Shared& shared, int value) {
  shared.event.wait(Deadline::never(), [&] {
    ++shared.looks;
    return shared.value >= value;
  });
  return 0;
}

void stay_on_this_processor() {
  cpu_set_t here;
  CPU_ZERO(&here);
  CPU_SET(static_cast<std::size_t>(sched_getcpu()), &here);
  ASSERT_EQ(sched_setaffinity(0, sizeof here, &here), 0);
}

// Beside a process that computes, a yield lasts a time slice.
TEST(Yields, EndForAWhileAfterOneThatTookLong) {
  Child test([] {
    stay_on_this_processor();
    Child computes([]() -> int {
      for (std::atomic<int> i{0};;) ++i;
    });
    const auto until = Clock::now() + 30s;
    while (Yields().next() && Clock::now() < until) continue;
    EXPECT_FALSE(Yields().next());
    computes.kill_and_wait();
    await([] { return Yields().next(); });
    return testing::Test::HasFailure() ? 1 : 0;
  });
  EXPECT_EQ(test.status(), 0);
}

TEST(Yields, AreAFew) {
  Yields yields;
  int count = 0;
  while (yields.next()) ++count;
  EXPECT_LE(count, 8);
}

TEST(FutexEvent, DoesNotWaitForWhatIsTrue) {
  const SharedObject<Shared> shared;
  EXPECT_TRUE(shared->event.wait(Deadline::after(no_wait), [] { return true; }));
}

TEST(FutexEvent, WaitsUntilTheDeadlineAndNotLess) {
  const SharedObject<Shared> shared;
  for (const auto timeout : {0ms, 10ms, 120ms}) {
    const auto begin = Clock::now();
    EXPECT_FALSE(shared->event.wait(Deadline::after(timeout), [] { return false; }));
    EXPECT_GE(Clock::now() - begin, timeout);
  }
}

TEST(FutexEvent, WakesOtherProcesses) {
  const SharedObject<Shared> shared;
  Child first([&] { return wait_for(*shared, 1); });
  Child second([&] { return wait_for(*shared, 1); });
  await([&] { return shared->looks >= 4; });
  shared->value = 1;
  shared->event.notify_all();
  EXPECT_EQ(first.status(), 0);
  EXPECT_EQ(second.status(), 0);
}

TEST(FutexEvent, SleepersLookAgainWithoutANotification) {
  const SharedObject<Shared> shared;
  Child sleeper([&] { return wait_for(*shared, 1); });
  await([&] { return shared->looks >= 2; });
  shared->value = 1;
  EXPECT_EQ(sleeper.status(), 0);
}

TEST(FutexEvent, AKilledSleeperDelaysNoOther) {
  const SharedObject<Shared> shared;
  Child killed([&] { return wait_for(*shared, 1000); });
  await([&] { return shared->looks >= 2; });
  EXPECT_EQ(killed.kill_and_wait(), -SIGKILL);
  Child sleeper([&] { return wait_for(*shared, 3); });
  for (int i = 0; i < 3; ++i) {
    ++shared->value;
    shared->event.notify_one();
  }
  EXPECT_EQ(sleeper.status(), 0);
}

TEST(FutexEvent, NoNotificationIsLost) {
  const SharedObject<Shared> shared;
  constexpr int kRounds = 2000;
  Child other([&] {
    for (int i = 1; i <= kRounds; i += 2) {
      wait_for(*shared, i);
      ++shared->value;
      shared->event.notify_all();
    }
    return 0;
  });
  const auto begin = Clock::now();
  for (int i = 0; i < kRounds; i += 2) {
    ++shared->value;
    shared->event.notify_all();
    wait_for(*shared, i + 2);
  }
  EXPECT_EQ(other.status(), 0);
  // If every second change were found only by looking again, the loop would take 50 s.
  EXPECT_LT(Clock::now() - begin, 25s);
}

}  // namespace
}  // namespace psq::detail
