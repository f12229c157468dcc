// The descriptor of a queue when the process dies that has changed whether the queue is empty.

#include <gtest/gtest.h>
#include <poll.h>

#include <atomic>

#include "tests/crash_probes.h"
#include "tests/death.h"
#include "tests/shared_object.h"

namespace psq::test {
namespace {

// Within the time of `robust`, as any waiter learns of it.
void expect_readable(const Waitable& queue, bool expected) {
  const auto end = std::chrono::steady_clock::now() + kSoon;
  pollfd watched{.fd = queue.fd(), .events = POLLIN, .revents = 0};
  while ((::poll(&watched, 1, 0) == 1) != expected) {
    ASSERT_LT(std::chrono::steady_clock::now(), end);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

TEST(ReadySignalAndDeath, AnItemWhoseProducerCouldNotTell) {
  const EndsOrFails limit;
  SimpleQueue<int> queue;
  expect_readable(queue, false);
  Child producer([&] {
    die_at("committed");
    queue.put(1);
    return 0;
  });
  EXPECT_EQ(producer.status(), -SIGKILL);
  expect_readable(queue, true);
  EXPECT_EQ(queue.get(kSoon), 1);
}

TEST(ReadySignalAndDeath, AConsumerThatCouldNotTell) {
  const EndsOrFails limit;
  SimpleQueue<int> queue;
  queue.put(1);
  expect_readable(queue, true);
  Child consumer([&] {
    die_at("head-moved");
    return queue.get();
  });
  EXPECT_EQ(consumer.status(), -SIGKILL);
  expect_readable(queue, false);
  queue.put(2);
  expect_readable(queue, true);
}

// What a killed owner leaves costs others one notification.
TEST(ReadySignalAndDeath, AnOwnerThatCannotWatchAnyMore) {
  const EndsOrFails limit;
  SimpleQueue<int> queue;
  const SharedObject<std::atomic<bool>> is_watched;
  Child owner([&]() -> int {
    expect_readable(queue, false);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));  // By then the watcher sleeps.
    *is_watched = true;
    for (;;) pause();
  });
  await([&] { return is_watched->load(); });
  EXPECT_EQ(owner.kill_and_wait(), -SIGKILL);
  queue.put(1);
  EXPECT_EQ(queue.get(kSoon), 1);
  Child other([&] {
    die_at("notification-counted");
    queue.put(2);
    return queue.get() == 2 ? 0 : 1;
  });
  EXPECT_EQ(other.status(), 0);
  expect_readable(queue, false);
}

}  // namespace
}  // namespace psq::test
