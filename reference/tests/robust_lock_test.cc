#include "src/robust_lock.h"

#include <gtest/gtest.h>

#include <atomic>

#include "tests/child.h"
#include "tests/shared_object.h"

namespace psq::detail {
namespace {

using namespace std::chrono_literals;
using psq::test::await;
using psq::test::Child;
using psq::test::SharedObject;
using Taken = RobustLock::Taken;

struct Shared {
  RobustLock lock;
  std::atomic<int> step{0};
  int counter = 0;
};

// Takes the lock and keeps it until it is killed.
int hold(Shared& shared) {
  if (shared.lock.lock(Deadline::never()) == Taken::kNo) return 1;
  shared.step = 1;
  for (;;) pause();
}

TEST(RobustLock, SaysThatItsHolderDied) {
  const SharedObject<Shared> shared;
  Child holder([&] { return hold(*shared); });
  await([&] { return shared->step == 1; });
  EXPECT_EQ(shared->lock.try_lock(), Taken::kNo);
  EXPECT_EQ(holder.kill_and_wait(), -SIGKILL);

  EXPECT_EQ(shared->lock.lock(Deadline::never()), Taken::kFromTheDead);
  shared->lock.unlock();
  EXPECT_EQ(shared->lock.lock(Deadline::never()), Taken::kYes);
  shared->lock.unlock();
}

TEST(RobustLock, WakesTheNextWhenItsHolderDies) {
  const SharedObject<Shared> shared;
  Child holder([&] { return hold(*shared); });
  await([&] { return shared->step == 1; });
  Child waiter([&] {
    shared->step = 2;
    return static_cast<int>(shared->lock.lock(Deadline::never()));
  });
  await([&] { return shared->step == 2; });
  EXPECT_EQ(holder.kill_and_wait(), -SIGKILL);
  EXPECT_EQ(waiter.status(), static_cast<int>(Taken::kFromTheDead));
  // The waiter ended without unlocking: it is the dead one now.
  EXPECT_EQ(shared->lock.lock(Deadline::never()), Taken::kFromTheDead);
  shared->lock.unlock();
}

TEST(RobustLock, WaitsUntilTheDeadlineAndNotLess) {
  const SharedObject<Shared> shared;
  Child holder([&] { return hold(*shared); });
  await([&] { return shared->step == 1; });
  for (const auto timeout : {0ms, 10ms, 120ms}) {
    const auto begin = Clock::now();
    EXPECT_EQ(shared->lock.lock(Deadline::after(timeout)), Taken::kNo);
    EXPECT_GE(Clock::now() - begin, timeout);
  }
}

TEST(RobustLock, ExcludesProcessesAndThreads) {
  const SharedObject<Shared> shared;
  constexpr int kTimes = 20000;
  const auto count = [&] {
    for (int i = 0; i < kTimes; ++i) {
      const RobustGuard guard(shared->lock, Deadline::never());
      ++shared->counter;
    }
    return 0;
  };
  Child first(count);
  Child second(count);
  std::thread third(count);
  count();
  third.join();
  EXPECT_EQ(first.status(), 0);
  EXPECT_EQ(second.status(), 0);
  EXPECT_EQ(shared->counter, 4 * kTimes);
}

}  // namespace
}  // namespace psq::detail
