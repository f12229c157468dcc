// The descriptor of a queue when the process dies that has changed whether the queue is empty.

#include <gtest/gtest.h>
#include <poll.h>

#include "tests/crash_probes.h"
#include "tests/death.h"

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

}  // namespace
}  // namespace psq::test
