// What goes through the buffer and what does not. And feeders that cannot send: they tell it on
// standard error, and go on.

#include "src/feeder.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "psq/queue.h"
#include "tests/child.h"
#include "tests/filler.h"

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

void await_sleep_of(pid_t thread) {
  test::await([&] {
    std::ifstream stat("/proc/self/task/" + std::to_string(thread) + "/stat");
    const std::string text{std::istreambuf_iterator<char>(stat), {}};
    return text.find(") S ") != std::string::npos;
  });
}

// A long item finds no room, until a reader sees its put asleep. Whether it then comes from where
// it was lent: from the buffer it would come to the lower place, which is free by then.
bool comes_without_the_buffer() {
  Queue<std::string> queue;
  queue.put(std::string(test::kFillsAChannel, 'f'));
  test::await([&] { return !queue.empty(); });
  std::optional<Loan> lower = queue.loan(100'000);
  Loan loan = queue.loan(std::size_t{12} << 20);
  const auto* const bytes = loan.bytes().data();
  lower.reset();
  std::jthread reader([&, putter = gettid()] {
    await_sleep_of(putter);
    (void)queue.get();
  });
  queue.put(std::move(loan));
  reader.join();
  return queue.get_view().bytes().data() == bytes;
}

// The feeder may be busy with the item before, and the reader late.
TEST(Buffer, IsNotForALongItemWhoseReaderMakesRoomSoon) {
  int tries = 1;
  while (!comes_without_the_buffer()) ASSERT_LT(tries++, 200);
}

// The wait for room ends, so that a put needs no reader.
TEST(Buffer, IsForALongItemThatHasNoReader) {
  Queue<std::string> queue;
  const std::string item(test::kFillsAChannel, 'z');
  for (int i = 0; i < kItems; ++i) queue.put(item);
  for (int i = 0; i < kItems; ++i) EXPECT_TRUE(queue.get() == item);
}

}  // namespace
}  // namespace psq
