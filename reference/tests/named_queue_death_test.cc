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
  const auto create_and_die = [&](const char* point) {
    Child creator([&] {
      die_at(point);
      (void)Queue<int>::create_at(path);
      return 0;
    });
    return creator.status();
  };
  EXPECT_EQ(create_and_die("queue-made"), -SIGKILL);
  EXPECT_TRUE(std::filesystem::is_empty(folder));
  EXPECT_EQ(create_and_die("queue-named"), -SIGKILL);
  auto queue = Queue<int>::open_at(path);
  queue.put(1);
  EXPECT_EQ(queue.get(kSoon), 1);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace psq::test
