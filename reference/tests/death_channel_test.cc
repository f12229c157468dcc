// Processes that die at the crash points of the channel: those of SimpleQueue and of long items.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <string>

#include "tests/crash_probes.h"
#include "tests/death.h"
#include "tests/shared_object.h"

namespace psq::test {
namespace {

constexpr int kWritten = 40;

TEST(DeathOfAProducerWithoutRoom, IsInNoOnesWay) {
  SimpleQueue<std::string> queue;
  Child victim([&]() -> int {
    die_at("no-room");
    for (int i = 0;; ++i) queue.put(item(i));
  });
  EXPECT_EQ(victim.status(), -SIGKILL);
  int next = 0;
  while (const auto got = queue.try_get()) EXPECT_EQ(number_of(*got), next++);
  EXPECT_GT(next, 0);
  queue.put(item(1));
  EXPECT_EQ(number_of(queue.get()), 1);
}

// What a dead producer or consumer had of a long item is used again.
TEST(DeathWithAnExtent, LeavesItsMemoryToTheNextLongItem) {
  constexpr std::size_t kHuge = std::size_t{12} << 20;
  for (const char* point : {"extent-filled", "extent-named", "extent-released", "extent-claimed",
                            "head-moved", "extent-read", "extent-given-back"}) {
    SCOPED_TRACE(point);
    SimpleQueue<std::string> queue;
    const Handle handle = queue.handle();
    const int file = std::stoi(handle.token().substr(handle.token().rfind(':') + 1));
    for (int round = 0; round < 2; ++round) {
      Child victim([&] {
        die_at(point);
        queue.put(std::string(kHuge, 'x'));
        (void)queue.get();
        return 0;
      });
      EXPECT_EQ(victim.status(), -SIGKILL);
      while (queue.try_get()) continue;
    }
    queue.put(std::string(kHuge, 'y'));
    EXPECT_EQ(queue.get(), std::string(kHuge, 'y'));
    await([&] {
      EXPECT_FALSE(queue.try_get(std::chrono::milliseconds(50))) << "gives unused memory back";
      struct stat about {};
      EXPECT_EQ(fstat(file, &about), 0);
      return about.st_blocks * 512 <= 8 << 20;
    });
  }
}

class DeathOfASimpleWriter : public Death {};

TEST_P(DeathOfASimpleWriter, LeavesAQueueThatWorks) {
  SimpleQueue<std::string> queue;
  const SharedObject<std::atomic<int>> sent;
  Child producer([&] {
    die_there();
    for (int i = 0; i < kWritten; ++i) {
      queue.put(item(i));
      ++*sent;
    }
    return 0;
  });
  // It knows where the row ends.
  Child consumer([&] {
    int next = 0;
    for (std::string text = queue.get(); text != "end"; text = queue.get()) {
      if (number_of(text) != next++) return 1;
    }
    return next == *sent || next == *sent + 1 ? 0 : 2;
  });
  EXPECT_EQ(producer.status(), -SIGKILL) << "it never came to this crash point";
  queue.put("end");
  EXPECT_EQ(consumer.status(), 0);
  EXPECT_TRUE(queue.empty());
}

INSTANTIATE_TEST_SUITE_P(AtEveryPoint, DeathOfASimpleWriter,
                         testing::ValuesIn(crash_points(
                             {"extent-taken", "extent-filled", "write-lock-taken", "frame-begun",
                              "extent-named", "extent-released", "frame-written"},
                             {1, 2, 5})),
                         name_of);

}  // namespace
}  // namespace psq::test
