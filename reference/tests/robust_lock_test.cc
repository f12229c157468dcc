#include "src/robust_lock.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>

#include "tests/child.h"
#include "tests/shared_object.h"

namespace psq::detail {
namespace {

using namespace std::chrono_literals;
using psq::test::await;
using psq::test::Child;
using psq::test::SharedObject;

struct SharedLock {
  RobustLock lock;
  std::atomic<int> step{0};
  int counter = 0;
};

// Takes the lock, and holds it until a test kills the process.
int hold(SharedLock& shared) {
  shared.lock.lock();
  shared.step = 1;
  for (;;) pause();
}

TEST(RobustLock, IsFreeWhenItsHolderDied) {
  const SharedObject<SharedLock> shared;
  Child holder([&] { return hold(*shared); });
  await([&] { return shared->step == 1; });
  EXPECT_FALSE(shared->lock.try_lock());
  EXPECT_EQ(holder.kill_and_wait(), -SIGKILL);
  for (int round = 0; round < 2; ++round) {
    EXPECT_TRUE(shared->lock.try_lock());
    shared->lock.unlock();
  }
}

TEST(RobustLock, WakesTheNextWhenItsHolderDies) {
  const SharedObject<SharedLock> shared;
  Child holder([&] { return hold(*shared); });
  await([&] { return shared->step == 1; });
  Child waiter([&] {
    shared->step = 2;
    shared->lock.lock();
    return 7;
  });
  await([&] { return shared->step == 2; });
  EXPECT_EQ(holder.kill_and_wait(), -SIGKILL);
  EXPECT_EQ(waiter.status(), 7);
  // The waiter ended without unlocking, so it is now the dead holder.
  shared->lock.lock();
  shared->lock.unlock();
}

TEST(RobustLock, WaitsAsLongAsItIsToAndNotLess) {
  const SharedObject<SharedLock> shared;
  Child holder([&] { return hold(*shared); });
  await([&] { return shared->step == 1; });
  for (const auto timeout : {0ms, 10ms, 120ms}) {
    const auto begin = Clock::now();
    EXPECT_FALSE(shared->lock.try_lock_until(Deadline::after(timeout)));
    EXPECT_GE(Clock::now() - begin, timeout);
  }
}

TEST(RobustLock, ExcludesProcessesAndThreads) {
  const SharedObject<SharedLock> shared;
  constexpr int kTimes = 20000;
  const auto count = [&] {
    for (int i = 0; i < kTimes; ++i) {
      const std::lock_guard guard(shared->lock);
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
