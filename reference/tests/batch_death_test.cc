// Processes that die in put_many and get_many.

#include <gtest/gtest.h>

#include <vector>

#include "tests/crash_probes.h"
#include "tests/death.h"

namespace psq::test {
namespace {

std::vector<std::string> items(int count) {
  std::vector<std::string> all;
  all.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) all.push_back(item(i));
  return all;
}

// What is visible is whole and in order, and what is not gives its slots and tasks back.
TEST(DeathInABatch, OfAProducer) {
  const EndsOrFails limit;
  for (const char* point : {"item-counted", "frame-begun", "frame-written", "last-commit-saved",
                            "committed", "item-buffered"}) {
    SCOPED_TRACE(point);
    Tasks queue{{.maxsize = kBound}};
    Child producer([&] {
      die_at(point);
      (void)queue.put_many(items(20));
      queue.close();
      queue.join_thread();
      return 0;
    });
    // No reader makes room before.
    EXPECT_EQ(producer.status(), -SIGKILL);
    int next = 0;
    while (!queue.empty()) {
      for (const std::string& each : queue.get_many(2, std::chrono::milliseconds(1))) {
        EXPECT_EQ(number_of(each), next++);
        queue.task_done();
      }
    }
    expect_join_returns(queue);
    expect_works(queue);
  }
}

TEST(DeathInABatch, OfAConsumer) {
  const EndsOrFails limit;
  for (const char* point : {"read-lock-taken", "head-moved", "slot-freed"}) {
    SCOPED_TRACE(point);
    Tasks queue{{.maxsize = kBound}};
    ASSERT_EQ(queue.put_many(std::vector<std::string>{"0", "1", "2"}), 3U);
    await([&] { return !queue.empty(); });
    Child consumer([&] {
      die_at(point);
      return static_cast<int>(queue.get_many(2).size());
    });
    EXPECT_EQ(consumer.status(), -SIGKILL);
    // All or none of what it would have taken.
    EXPECT_EQ(queue.get(kSoon), point == std::string("read-lock-taken") ? "0" : "2");
    while (queue.try_get()) {
    }
    for (int i = 0; i < 3; ++i) queue.task_done();
    expect_works(queue);
  }
}

}  // namespace
}  // namespace psq::test
