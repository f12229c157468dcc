// Queues beyond the suite's tests: argument ranges, limits, one process with many threads.

#include "psq/queue.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>
#include <set>
#include <thread>
#include <vector>

#include "psq/joinable_queue.h"
#include "psq/simple_queue.h"
#include "src/clock.h"
#include "src/kept_memory.h"
#include "tests/child.h"

namespace {

// Serialization fails on demand.
struct Moody {
  bool goes = true;
  bool comes = true;
};

}  // namespace

template <>
struct psq::Codec<Moody> {
  static void encode(const Moody& value, std::string& out) {
    if (!value.goes) throw std::runtime_error("will not go");
    out.push_back(value.comes ? 'y' : 'n');
  }
  static Moody decode(std::span<const std::byte> bytes) {
    if (bytes[0] == std::byte{'n'}) throw std::runtime_error("will not come");
    return {};
  }
};

namespace psq {
namespace {

using namespace std::chrono_literals;

TEST(Queue, RefusesWhatIsOutOfRange) {
  EXPECT_THROW(Queue<int>({.maxsize = kMaxSize + 1}), InvalidArgument);
  EXPECT_THROW(JoinableQueue<int>({.unfinished = kMaxUnfinished + 1}), InvalidArgument);
  EXPECT_THROW(JoinableQueue<int>({.unfinished = -1}), InvalidArgument);
  EXPECT_NO_THROW(Queue<int>({.maxsize = kMaxSize}));
  EXPECT_NO_THROW(Queue<int>({.maxsize = std::numeric_limits<std::int64_t>::min()}));
}

// No get waits that could do it: the thread that sends items does, when it ends. That is not while
// long items come, which the calling thread sends.
TEST(Queue, GivesMemoryBackAfterTheLastLongItem) {
  Queue<std::string> queue;
  const Handle handle = queue.handle();
  const auto memory = [&] {
    struct stat about {};
    EXPECT_EQ(fstat(handle.descriptor(), &about), 0);
    return about.st_blocks * 512;
  };
  const std::string text((8 << 20) + 1, 'x');
  const auto two_come = [&] {
    for (int i = 0; i < 2; ++i) {
      queue.put(text);
      EXPECT_TRUE(queue.get(test::kSoon) == text);
    }
  };
  const auto end = detail::Clock::now() + 900ms;
  do {
    if (!test::happens_within(detail::KeptMemory::kSoon, two_come))
      GTEST_SKIP() << "a slow machine";
    EXPECT_GT(memory(), 8 << 20);
  } while (detail::Clock::now() < end);
  test::await([&] { return memory() < 6 << 20; });
}

TEST(Queue, AFailedPutLeavesNoTrace) {
  JoinableQueue<Moody> queue({.maxsize = 1});
  EXPECT_THROW(queue.put({.goes = false}), NotSerializable);
  EXPECT_EQ(queue.qsize(), 0U);
  queue.join();
  queue.put({});
  EXPECT_THROW(queue.put({}, no_wait), Full);
  EXPECT_THROW(queue.put({.goes = false}), NotSerializable);
  EXPECT_EQ(queue.qsize(), 1U);
  (void)queue.get();
  queue.task_done();
  EXPECT_THROW(queue.task_done(), TaskDoneTooOften);
}

TEST(Queue, AnItemThatCannotBeMadeIsConsumed) {
  JoinableQueue<Moody> queue({.maxsize = 1});
  queue.put({.comes = false});
  EXPECT_THROW((void)queue.get(), NotDeserializable);
  EXPECT_EQ(queue.qsize(), 0U);
  EXPECT_FALSE(queue.full());
  queue.task_done();  // The task is still unfinished.
  EXPECT_THROW(queue.task_done(), TaskDoneTooOften);
}

TEST(Queue, ThePresetCountOverflowsWithoutAnyEffect) {
  JoinableQueue<int> queue({.maxsize = 2, .unfinished = kMaxUnfinished});
  EXPECT_THROW(queue.put(1), CountOverflow);
  EXPECT_EQ(queue.qsize(), 0U);
  EXPECT_THROW((void)queue.get(20ms), Empty);
  queue.task_done();
  queue.put(2);
  EXPECT_THROW(queue.put(3), CountOverflow);
  EXPECT_EQ(queue.get(), 2);
}

std::ptrdiff_t threads_here() {
  return std::ranges::distance(std::filesystem::directory_iterator("/proc/self/task"));
}

TEST(Queue, AFeederWithNothingToDoEnds) {
  test::Child program([] {
    Queue<int> queue;
    std::thread([] {}).join();  // With the first one a sanitizer starts a thread of its own.
    const auto before = threads_here();
    for (int round = 0; round < 2; ++round) {
      queue.put(round);
      if (threads_here() != before + 1) return 1;
      test::await([&] { return threads_here() == before; });
    }
    if (queue.get() != 0 || queue.get() != 1) return 2;
    queue.put(2);
    queue.close();
    queue.join_thread();
    return queue.empty() ? 3 : 0;
  });
  EXPECT_EQ(program.status(), 0);
}

TEST(Queue, TimeoutsAreNeverEarly) {
  Queue<int> queue({.maxsize = 1});
  for (const auto timeout : {0ms, 15ms, 120ms}) {
    const auto begin = detail::Clock::now();
    EXPECT_THROW((void)queue.get(timeout), Empty);
    EXPECT_GE(detail::Clock::now() - begin, timeout);
  }
  queue.put(1);
  for (const auto timeout : {0ms, 15ms, 120ms}) {
    const auto begin = detail::Clock::now();
    EXPECT_THROW(queue.put(2, timeout), Full);
    EXPECT_GE(detail::Clock::now() - begin, timeout);
  }
}

TEST(Queue, CloseEndsTheWaitOfOtherThreads) {
  Queue<int> queue({.maxsize = 1});
  queue.put(1);
  std::thread getter([&] {
    EXPECT_EQ(queue.get(), 1);
    EXPECT_THROW((void)queue.get(), Closed);
  });
  psq::test::await([&] { return queue.qsize() == 0; });
  Queue<int> full({.maxsize = 1});
  full.put(1);
  std::thread putter([&] { EXPECT_THROW(full.put(2), Closed); });
  queue.close();
  full.close();
  getter.join();
  putter.join();
  EXPECT_THROW(queue.put(1), Closed);
  EXPECT_EQ(full.qsize(), 1U);
}

TEST(Queue, JoinThreadHasItsOrder) {
  Queue<int> queue;
  EXPECT_THROW(queue.join_thread(), NotStarted);
  queue.close();
  queue.join_thread();
  queue.join_thread();
}

TEST(Queue, ACancelledQueueDoesNotHoldItsDestructorUp) {
  Queue<std::string> queue;
  queue.cancel_join_thread();
  queue.put(std::string(10 << 20, 'x'));
}

TEST(Queue, ManyThreadsShareOneObject) {
  Queue<int> queue({.maxsize = 10});
  constexpr int kThreads = 4;
  constexpr int kEach = 2000;
  std::vector<std::thread> threads;
  std::atomic<long> sum{0};
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 1; i <= kEach; ++i) queue.put(i);
    });
    threads.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) sum += queue.get();
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(sum, long{kThreads} * kEach * (kEach + 1) / 2);
  EXPECT_EQ(queue.qsize(), 0U);
  EXPECT_TRUE(queue.empty());
}

// Resident shared memory of this process, in KiB.
long shared_kib() {
  std::ifstream statm("/proc/self/statm");
  long size = 0;
  long resident = 0;
  long shared = 0;
  statm >> size >> resident >> shared;
  return shared * (sysconf(_SC_PAGESIZE) / 1024);
}

TEST(Queue, AQueueThatCarriesLittleTouchesLittleMemory) {
  constexpr int kQueues = 50;
  std::vector<std::unique_ptr<JoinableQueue<int>>> queues;
  const long before = shared_kib();
  for (int i = 0; i < kQueues; ++i) {
    queues.push_back(std::make_unique<JoinableQueue<int>>());
    queues.back()->put(i);
    EXPECT_EQ(queues.back()->get(), i);
  }
  EXPECT_LT((shared_kib() - before) / kQueues, 100);
}

TEST(JoinableQueue, AJoinerThatSleptThroughZeroIsReleased) {
  JoinableQueue<int> queue({.unfinished = 1});
  for (int round = 0; round < 200; ++round) {
    std::thread joiner([&] { queue.join(); });
    std::thread other([&] { queue.join(); });
    queue.task_done();
    queue.put(1);  // The count may leave zero before the joiners look.
    // A join that begins only now waits for the next zero.
    queue.task_done();
    joiner.join();
    other.join();
    (void)queue.get();
    queue.put(1);
    (void)queue.get();
  }
}

TEST(SimpleQueue, IsClosedForThisProcessOnly) {
  SimpleQueue<int> queue;
  queue.put(1);
  queue.close();
  queue.close();
  EXPECT_THROW(queue.put(1), Closed);
  EXPECT_THROW((void)queue.get(), Closed);
  EXPECT_THROW((void)queue.empty(), Closed);
  psq::test::Child child([&] { return queue.get(); });
  EXPECT_EQ(child.status(), 1);
}

TEST(SimpleQueue, AFailedPutLeavesNoTrace) {
  SimpleQueue<Moody> queue;
  EXPECT_THROW(queue.put({.goes = false}), NotSerializable);
  EXPECT_TRUE(queue.empty());
  queue.put({.comes = false});
  EXPECT_THROW((void)queue.get(), NotDeserializable);
  EXPECT_TRUE(queue.empty());
}

}  // namespace
}  // namespace psq
