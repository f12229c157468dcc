// Feeders that cannot send: their process tells it, and goes on.

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

// A program whose standard error this test reads.
class Program {
 public:
  explicit Program(const std::function<int()>& body)
      : child_((EXPECT_EQ(pipe2(ends_, O_CLOEXEC), 0), [this, &body] {
          dup2(ends_[1], STDERR_FILENO);
          return body();
        })) {
    close(ends_[1]);
  }
  ~Program() { close(ends_[0]); }
  Program(const Program&) = delete;

  // Until the next end of a line.
  std::string line() {
    std::string text;
    for (char next = 0; read(ends_[0], &next, 1) == 1 && next != '\n';) text.push_back(next);
    return text;
  }
  int status() { return child_.status(); }

 private:
  int ends_[2];
  Child child_;
};

// Fills the channel, and leaves more items to the feeder.
void fill(Queue<std::string>& queue) {
  for (int i = 0; i < 40; ++i) queue.put(std::string(16000, 'x'));
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
  Program program([] {
    Queue<std::string> queue;
    fill(queue);
    damage(queue);
    queue.close();
    queue.join_thread();
    return 0;
  });
  const std::string told = program.line();
  EXPECT_TRUE(told.starts_with("psq: process ")) << told;
  EXPECT_NE(told.find("loses items"), std::string::npos) << told;
  EXPECT_EQ(program.status(), 0);
}

}  // namespace
}  // namespace psq
