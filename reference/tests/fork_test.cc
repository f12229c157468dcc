// Queues across raw forks, while threads of the parent use them.

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "psq/psq.h"
#include "src/process_state.h"
#include "src/sanitizers.h"
#include "tests/child.h"
#include "tests/shared_object.h"

namespace psq {
namespace {

using namespace std::chrono_literals;
using psq::test::Child;

// The end of a child in these tests, as of a main function.
int flush(Queue<int>& queue) {
  queue.close();
  queue.join_thread();
  return 0;
}

TEST(Fork, AChildOfABusyParentHasAFeederOfItsOwn) {
  Queue<int> queue;
  queue.put(1);  // Starts the parent's feeder.
  Child child([&] {
    queue.put(2);
    return flush(queue);
  });
  EXPECT_EQ(queue.get() + queue.get(), 3);
  EXPECT_EQ(child.status(), 0);
}

std::ptrdiff_t queues_held() {
  return std::ranges::count_if(
      std::filesystem::directory_iterator("/proc/self/fd"), [](const auto& each) {
        std::error_code gone;  // The descriptor of the iterator may be gone.
        return std::filesystem::read_symlink(each, gone).string().starts_with("/memfd:psq");
      });
}

TEST(Fork, WhatAChildDropsIsGoneThere) {
  if (detail::kThreadSanitizer)
    GTEST_SKIP() << "the child keeps the queue: see Feeder::let_go_of_queue";
  std::optional<Queue<int>> queue(std::in_place);
  std::optional<SimpleQueue<int>> simple(std::in_place);
  queue->put(1);  // Starts a feeder, which stays in the parent.
  EXPECT_EQ(queues_held(), 2);
  const auto drop = [&] {
    queue.reset();
    simple.reset();
    return queues_held() == 0 ? 0 : 1;
  };
  Child child([&] {
    Child grandchild(drop);
    return grandchild.status() == 0 ? drop() : 2;
  });
  EXPECT_EQ(child.status(), 0);
}

TEST(Fork, WhatTheParentHasBufferedIsSentOnceByTheParent) {
  Queue<std::string> queue;
  const std::string large(10 << 20, 'x');  // Keeps the feeder busy until a get reads it.
  queue.put(large);
  queue.put("second");
  Child child([&] {
    queue.close();
    queue.join_thread();
    return 0;
  });
  EXPECT_EQ(child.status(), 0);  // The child has nothing to flush.
  EXPECT_TRUE(queue.get() == large);
  EXPECT_EQ(queue.get(), "second");
  EXPECT_THROW((void)queue.get(50ms), Empty);
}

TEST(Fork, AChildOfAParentThatClosedHasAnOpenQueue) {
  Queue<int> queue;
  SimpleQueue<int> simple;
  queue.put(1);
  queue.close();
  queue.join_thread();
  simple.close();
  Child child([&] {
    if (queue.get() != 1) return 1;
    simple.put(1);
    if (simple.get() != 1) return 2;
    queue.put(2);
    if (queue.get() != 2) return 3;
    return flush(queue);
  });
  EXPECT_EQ(child.status(), 0);
  EXPECT_THROW(queue.put(1), Closed);
}

TEST(Fork, ACancelledParentHasChildrenThatFlush) {
  Queue<int> queue;
  queue.cancel_join_thread();
  Child child([&] {
    for (int i = 0; i < 1000; ++i) queue.put(i);
    return flush(queue);
  });
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(queue.get(), i);
  EXPECT_EQ(child.status(), 0);
}

// Forks many times while other threads are inside all code that takes a lock.
TEST(Fork, IsSafeAtAnyTime) {
  if (test::kAddressSanitizer) {
    GTEST_SKIP() << "the sanitizer's allocator is not safe to fork while other threads allocate";
  }
  JoinableQueue<int> queue({.maxsize = 8});
  SimpleQueue<int> simple;
  std::atomic<bool> stop{false};
  std::thread putter([&] { EXPECT_THROW(for (;;) queue.put(0), Closed); });
  std::thread getter([&] {
    const auto get_and_do = [&] {
      (void)queue.get();
      queue.task_done();
    };
    EXPECT_THROW(for (;;) get_and_do(), Closed);
  });
  std::thread maker([&] {
    while (!stop) {
      Queue<int> other;
      other.put(1);
      (void)other.get();
      simple.put(1);
      (void)simple.get();
    }
  });
  for (int round = 0; round < 100; ++round) {
    Child child([&] {
      Queue<int> mine;
      mine.put(7);
      if (mine.get() != 7) return 1;
      queue.put(0);
      (void)queue.get();
      queue.task_done();
      return flush(queue);
    });
    ASSERT_EQ(child.status(), 0);
  }
  stop = true;
  queue.close();  // Ends the waits of the other threads.
  putter.join();
  getter.join();
  maker.join();
}

// Page faults of a child before its body.
long faults_of_a_child() {
  const test::SharedObject<long> faults;
  const pid_t child = fork();
  if (child == 0) {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    *faults = used.ru_minflt;
    _exit(0);
  }
  waitpid(child, nullptr, 0);
  return *faults;
}

constexpr int kManyQueues = 400;  // A process has 1,024 descriptors.

TEST(Fork, DoesNothingForEachQueue) {
  std::vector<Queue<int>> queues(1);
  const long by_itself = faults_of_a_child();
  queues.resize(kManyQueues);
  EXPECT_LT(faults_of_a_child() - by_itself, kManyQueues / 8);
}

TEST(Fork, DoesNothingForEachFeeder) {
  if (detail::kAnySanitizer) GTEST_SKIP() << "its threads have the stacks of the C library";
  std::vector<Queue<int>> queues(kManyQueues);
  const auto use = [&](int count) {
    for (int i = 0; i < count; ++i) queues[static_cast<std::size_t>(i)].put(i);
  };
  use(1);
  const long with_one = faults_of_a_child();
  use(kManyQueues);  // Each starts a thread, which waits for a while.
  EXPECT_LT(faults_of_a_child() - with_one, kManyQueues / 8);
}

TEST(Fork, AQueueThatIsFirstUsedAfterTheEndSendsByItself) {
  Queue<int> queue;
  queue.put(1);
  EXPECT_EQ(queue.get(), 1);
  Child child([&] {
    detail::ProcessState::instance().finish();
    queue.put(2);
    return 0;
  });
  EXPECT_EQ(child.status(), 0);
  EXPECT_EQ(queue.get(10s), 2);
}

TEST(Fork, GrandchildrenWork) {
  Queue<int> queue;
  Child child([&] {
    Child grandchild([&] {
      queue.put(3);
      return flush(queue);
    });
    return grandchild.status();
  });
  EXPECT_EQ(child.status(), 0);
  EXPECT_EQ(queue.get(), 3);
}

}  // namespace
}  // namespace psq
