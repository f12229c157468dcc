// Many waiters of one event: they cost as little as a few, and none depends on another one.

#include <gtest/gtest.h>

#include <atomic>
#include <list>
#include <thread>
#include <vector>

#include "psq/queue.h"
#include "src/futex_event.h"
#include "tests/child.h"
#include "tests/shared_object.h"

namespace psq::detail {
namespace {

using namespace std::chrono_literals;
using psq::test::await;
using psq::test::Child;
using psq::test::SharedObject;

struct Crowd {
  FutexEvent event;
  std::atomic<int> waiting{0};
  std::atomic<int> looks{0};
  std::atomic<bool> is_over{false};
};

// As a call of the library, which forwards what it may have been alone to see.
int wait_in(Crowd& crowd) {
  ++crowd.waiting;
  crowd.event.wait(Deadline::never(), [&] {
    ++crowd.looks;
    return crowd.is_over.load();
  });
  crowd.event.pass_on_if([] { return true; });
  return 0;
}

// Until each of them sleeps, and they have found out how many they are.
void settle(const Crowd& crowd, int waiters) {
  await([&] { return crowd.waiting == waiters; });
  std::this_thread::sleep_for(1s);
}

TEST(ManyWaiters, CheckSeldomTogether) {
  constexpr int kWaiters = 100;
  const SharedObject<Crowd> crowd;
  std::vector<std::thread> waiters;
  waiters.reserve(kWaiters);
  for (int i = 0; i < kWaiters; ++i) waiters.emplace_back([&] { wait_in(*crowd); });
  settle(*crowd, kWaiters);
  const int before = crowd->looks;
  std::this_thread::sleep_for(1s);
  EXPECT_LT(crowd->looks - before, 2 * kWaiters);  // Alone, each would have checked ten times.
  await([&] { return crowd->looks - before >= 20; });
  crowd->is_over = true;  // Without a notification.
  for (std::thread& each : waiters) each.join();
}

// None sends a notification, and most of those that wait are `gone`: the last one sees the change.
template <typename Leave>
void expect_last_sees_change(const Leave& leave) {
  constexpr int kWaiters = 40;
  const SharedObject<Crowd> crowd;
  std::list<Child> waiters;
  for (int i = 0; i < kWaiters; ++i) waiters.emplace_back([&] { return wait_in(*crowd); });
  settle(*crowd, kWaiters);
  for (Child& each : waiters)
    if (&each != &waiters.back()) leave(each);
  crowd->is_over = true;
  await([&] { return waiters.back().has_ended(); });
  EXPECT_EQ(waiters.back().status(), 0);
}

TEST(ManyWaiters, DoNotDependOnTheDead) {
  expect_last_sees_change([](Child& child) { EXPECT_EQ(child.kill_and_wait(), -SIGKILL); });
}

TEST(ManyWaiters, DoNotDependOnTheStopped) {
  expect_last_sees_change([](Child& child) { child.stop(); });
}

// All at once: by chance, so many would check within tens of seconds.
TEST(ManyWaiters, EndWhenTheirQueueIsClosed) {
  constexpr int kWaiters = 300;
  Queue<int> queue;
  std::atomic<int> waiting{0};
  std::vector<std::thread> waiters;
  waiters.reserve(kWaiters);
  for (int i = 0; i < kWaiters; ++i) {
    waiters.emplace_back([&] {
      ++waiting;
      EXPECT_THROW((void)queue.get(), Closed);
    });
  }
  await([&] { return waiting == kWaiters; });
  std::this_thread::sleep_for(1s);
  queue.close();
  const auto closed = Clock::now();
  for (std::thread& each : waiters) each.join();
  EXPECT_LT(Clock::now() - closed, 5s);
}

}  // namespace
}  // namespace psq::detail
