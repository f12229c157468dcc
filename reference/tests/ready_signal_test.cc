// The descriptor of a queue: readable while a get would find something.

#include <gtest/gtest.h>
#include <poll.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <thread>

#include "psq/psq.h"
#include "tests/child.h"

namespace psq::test {
namespace {

using namespace std::chrono_literals;

std::ptrdiff_t open_descriptors() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

bool is_readable(const Waitable& queue, int milliseconds = 0) {
  pollfd watched{.fd = queue.fd(), .events = POLLIN, .revents = 0};
  return ::poll(&watched, 1, milliseconds) == 1;
}
constexpr int kSoon = 10'000;

// Has an item shown by the thread that shows them, and takes it: the thread has begun then, and
// allocates no more. A process that forks beside a thread that allocates leaves the locks of the
// address sanitizer taken in the child.
template <typename Q>
void begin_to_show(Q& queue) {
  ASSERT_FALSE(is_readable(queue));
  queue.put(0);
  ASSERT_TRUE(is_readable(queue, kSoon));
  ASSERT_EQ(queue.get(10s), 0);
  ASSERT_FALSE(is_readable(queue));
}

template <typename Q>
class ReadySignal : public testing::Test {};
using Queues = testing::Types<Queue<int>, JoinableQueue<int>, SimpleQueue<int>>;
TYPED_TEST_SUITE(ReadySignal, Queues);

TYPED_TEST(ReadySignal, IsReadableWhileAnItemIsThere) {
  TypeParam queue;
  EXPECT_FALSE(is_readable(queue));
  for (int round = 0; round < 100; ++round) {
    queue.put(1);
    queue.put(2);
    ASSERT_TRUE(is_readable(queue, kSoon));
    ASSERT_EQ(queue.get(10s), 1);
    ASSERT_TRUE(is_readable(queue, kSoon));
    ASSERT_EQ(queue.get(10s), 2);
    ASSERT_FALSE(is_readable(queue)) << "round " << round;
  }
}

TYPED_TEST(ReadySignal, AnItemThatWasThereBeforeCounts) {
  TypeParam queue;
  queue.put(1);
  await([&] { return !queue.empty(); });
  EXPECT_TRUE(is_readable(queue));
}

TYPED_TEST(ReadySignal, OtherProcessesChangeIt) {
  TypeParam queue;
  SimpleQueue<int> turn;
  begin_to_show(queue);
  Process producer{[&] {
    queue.put(1);
    (void)turn.get();
    (void)queue.get();
    turn.put(0);
    (void)turn.get();
  }};
  EXPECT_TRUE(is_readable(queue, kSoon));
  turn.put(0);
  await([&] { return !is_readable(queue); });
  turn.put(0);
}

// What the parent shows is the parent's own, and so is what the child shows.
TYPED_TEST(ReadySignal, AChildHasADescriptorOfItsOwn) {
  TypeParam queue;
  begin_to_show(queue);
  queue.put(1);
  ASSERT_TRUE(is_readable(queue, kSoon));
  const int parents_own = queue.fd();
  Process child{[&] {
    if (!is_readable(queue, kSoon)) psq::exit(1);
    if (queue.try_get(10s) != 1 || is_readable(queue)) psq::exit(2);
    queue.put(2);
    psq::exit(is_readable(queue, kSoon) ? 0 : 3);
  }};
  child.join();
  EXPECT_EQ(child.exit_code(), 0);
  EXPECT_EQ(queue.fd(), parents_own);
  EXPECT_EQ(queue.get(10s), 2);
  await([&] { return !is_readable(queue); });
}

TYPED_TEST(ReadySignal, AClosedQueueIsReadable) {
  TypeParam queue;
  const int descriptor = queue.fd();
  std::thread closer([&] {
    std::this_thread::sleep_for(20ms);
    queue.close();
  });
  pollfd watched{.fd = descriptor, .events = POLLIN, .revents = 0};
  EXPECT_EQ(::poll(&watched, 1, kSoon), 1);
  closer.join();
  EXPECT_THROW((void)queue.fd(), Closed);
}

// In a process without other queues, whose threads may hold their descriptors a little longer.
TYPED_TEST(ReadySignal, NothingIsLeftOfIt) {
  Child process([] {
    const auto before = open_descriptors();
    {
      TypeParam queue;
      (void)queue.fd();
      queue.put(1);
      if (!is_readable(queue, kSoon)) return 1;
    }
    await([&] { return open_descriptors() == before; });
    return 0;
  });
  EXPECT_EQ(process.status(), 0);
}

TYPED_TEST(ReadySignal, ManyProducersAndConsumersAtOnce) {
  TypeParam queue;
  constexpr int kEach = 2000;
  const auto puts = [&] {
    for (int i = 0; i < kEach; ++i) queue.put(i);
  };
  std::atomic<int> got{0};
  const auto gets = [&] {
    while (got < 2 * kEach) {
      if (is_readable(queue, 1) && queue.try_get()) ++got;
    }
  };
  Process first{puts};
  Process second{puts};
  std::thread beside(gets);
  gets();
  beside.join();
  EXPECT_FALSE(is_readable(queue));
}

// A process that was killed while it watched takes nothing from other processes.
TEST(ReadySignalDeath, AKilledWatcherIsMissedByNoOne) {
  SimpleQueue<int> queue;
  SimpleQueue<int> ready;
  {
    Child watcher([&] {
      (void)queue.fd();
      ready.put(0);
      return pause();
    });
    (void)ready.get(10s);
    watcher.kill_and_wait();
  }
  EXPECT_FALSE(is_readable(queue));
  for (int i = 0; i < 100; ++i) {
    queue.put(i);
    ASSERT_TRUE(is_readable(queue, kSoon));
    ASSERT_EQ(queue.get(10s), i);
    ASSERT_FALSE(is_readable(queue));
  }
}

// The value of a line of a thread's status.
std::string status_of(const std::string& thread, const std::string& line) {
  std::ifstream status("/proc/self/task/" + thread + "/status");
  std::string word;
  while (status >> word && word != line) {
  }
  status >> word;
  return word;
}

std::set<std::string> threads() {
  std::set<std::string> all;
  for (const auto& each : std::filesystem::directory_iterator("/proc/self/task"))
    all.insert(each.path().filename());
  return all;
}

// A put into a queue that holds items wakes no thread that only watches.
TEST(ReadySignalCost, IsWokenByChangesAlone) {
  Child process([] {
    SimpleQueue<int> queue;
    std::thread([] {}).join();  // With the first one a sanitizer starts a thread of its own.
    const auto before = threads();
    (void)queue.fd();
    auto watchers = threads();
    for (const std::string& each : before) watchers.erase(each);
    queue.put(0);
    if (!is_readable(queue, kSoon) || watchers.size() != 1) return 1;
    const std::string watcher = *watchers.begin();
    const auto sleeps = [&] { return status_of(watcher, "State:") == "S"; };
    const auto switches = [&] { return std::stol(status_of(watcher, "voluntary_ctxt_switches:")); };
    await(sleeps);
    const long first = switches();
    constexpr int kRounds = 400;
    for (int i = 0; i < kRounds; ++i) {
      queue.put(1);
      (void)queue.get();
      await(sleeps);
    }
    return switches() - first < kRounds / 2 ? 0 : 2;
  });
  EXPECT_EQ(process.status(), 0);
}

TEST(Wait, QueuesBesideProcessesAndConnections) {
  Queue<int> results;
  auto [left, right] = pipe<int>();
  Process worker{[&] { pause(); }};
  EXPECT_TRUE(wait({&results, &left, &worker}, 20ms).empty());
  results.put(1);
  EXPECT_EQ(wait({&results, &left, &worker}, 10s), std::vector<Waitable*>{&results});
  EXPECT_EQ(results.get(10s), 1);
  worker.kill();
  EXPECT_EQ(wait({&results, &left, &worker}, 10s), std::vector<Waitable*>{&worker});
}

}  // namespace
}  // namespace psq::test
