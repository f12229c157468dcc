// Feeders that cannot send: they tell it on standard error, and go on.

#include "src/feeder.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <string>

#include "psq/queue.h"
#include "tests/child.h"

namespace psq {
namespace {

using test::Child;

// What this process writes to standard error from now on.
class Told {
 public:
  Told() {
    EXPECT_EQ(pipe2(ends_, O_CLOEXEC), 0);
    dup2(ends_[1], STDERR_FILENO);
  }

  // Waits for the next line.
  [[nodiscard]] std::string line() const {
    std::string text;
    for (char next = 0; read(ends_[0], &next, 1) == 1 && next != '\n';) text.push_back(next);
    return text;
  }

 private:
  int ends_[2];
};

constexpr int kItems = 40;

// Fills the channel, and leaves more items to the feeder.
void fill(Queue<std::string>& queue) {
  for (int i = 0; i < kItems; ++i) queue.put(std::string(16000, 'x'));
}

// A process that overwrites the memory of a queue: the capacity, which the channel begins with.
void damage(const Queue<std::string>& queue) {
  const Handle handle = queue.handle();
  const int file = std::stoi(handle.token().substr(handle.token().rfind(':') + 1));
  const std::uint32_t zero = 0;
  const auto capacity = sizeof(detail::QueueMemory) - sizeof(detail::Channel);
  EXPECT_EQ(pwrite(file, &zero, sizeof zero, capacity), sizeof zero);
}

TEST(Feeder, TellsThatItLosesItemsIntoADamagedChannel) {
  Child program([] {
    const Told told;
    Queue<std::string> queue;
    fill(queue);
    damage(queue);
    if (told.line().find(" loses items") == std::string::npos) return 1;
    queue.close();
    queue.join_thread();
    return 0;
  });
  EXPECT_EQ(program.status(), 0);
}

TEST(Feeder, TellsThatThereIsNoMemoryAndTriesAgain) {
  Child program([] {
    const Told told;
    Queue<std::string> queue;
    const std::string large(1 << 20, 'y');
    fill(queue);
    queue.put(large);
    rlimit limit{};
    getrlimit(RLIMIT_FSIZE, &limit);
    const rlimit small{4096, limit.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
    for (int i = 0; i < kItems; ++i) (void)queue.get();
    if (told.line().find(" cannot send yet") == std::string::npos) return 1;
    setrlimit(RLIMIT_FSIZE, &limit);
    return queue.get() == large ? 0 : 2;
  });
  EXPECT_EQ(program.status(), 0);
}

}  // namespace
}  // namespace psq
