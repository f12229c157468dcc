#include "src/futex_event.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <atomic>
#include <cstdint>
#include <fstream>

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

// How long this thread has run, or was ready to run; zero when it has only just begun.
std::chrono::nanoseconds time_awake() {
  std::int64_t on_processor = 0;
  std::int64_t in_its_queue = 0;
  std::ifstream times("/proc/thread-self/schedstat");
  EXPECT_TRUE(times >> on_processor >> in_its_queue);
  return std::chrono::nanoseconds(on_processor + in_its_queue);
}

// Two processes take turns. When one sleeps, the other is awake, however busy the machine is with
// other things; until a notification is lost, and both sleep until one of them looks again.
TEST(FutexEvent, NoNotificationIsLost) {
  const SharedObject<Shared> shared;
  const SharedObject<std::atomic<std::int64_t>> other_was_awake;
  constexpr int kRounds = 2000;
  const auto begin = Clock::now();
  const auto awake_before = time_awake();
  Child other([&] {
    for (int i = 1; i <= kRounds; i += 2) {
      wait_for(*shared, i);
      ++shared->value;
      shared->event.notify_all();
    }
    *other_was_awake = time_awake().count();
    return 0;
  });
  for (int i = 0; i < kRounds; i += 2) {
    ++shared->value;
    shared->event.notify_all();
    wait_for(*shared, i + 2);
  }
  const auto awake = time_awake() - awake_before;
  EXPECT_EQ(other.status(), 0);
  const auto both_slept = Clock::now() - begin - awake - std::chrono::nanoseconds(*other_was_awake);
  // One turn in fifty that is found only by looking again takes 2 s.
  EXPECT_LT(both_slept, 2s);
}

}  // namespace
}  // namespace psq::detail
