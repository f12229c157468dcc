// A process that dies while it creates a queue with a name.

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/crash_probes.h"
#include "tests/death.h"

namespace psq::test {
namespace {

TEST(DeathOfACreator, LeavesAWholeQueueOrNothing) {
  const EndsOrFails limit;
  std::string folder = (std::filesystem::temp_directory_path() / "psq-death-XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const std::string path = folder + "/queue";
  for (const char* point : {"queue-made", "queue-named"}) {
    Child creator([&] {
      die_at(point);
      (void)Queue<int>::create_at(path);
      return 0;
    });
    EXPECT_EQ(creator.status(), -SIGKILL);
    EXPECT_EQ(std::filesystem::exists(path), point == std::string("queue-named"));
  }
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1);
  auto queue = Queue<int>::open_at(path);
  queue.put(1);
  EXPECT_EQ(queue.get(kSoon), 1);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace psq::test
