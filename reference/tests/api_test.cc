// The parts of the C++ API that Python's API does not have.

#include <gtest/gtest.h>

#include <memory>
#include <ranges>
#include <string>
#include <thread>
#include <vector>

#include "psq/codec_cereal.h"
#include "psq/psq.h"
#include "src/clock.h"
#include "tests/child.h"

namespace psq {
namespace {

using namespace std::chrono_literals;

// Move-only, and serializable through cereal.
struct Parcel {
  std::unique_ptr<std::string> content;
  template <typename Archive>
  void serialize(Archive& archive) {
    archive(content);
  }
};

TEST(Api, TryPutAndTryGetReturnWhatPutAndGetThrow) {
  JoinableQueue<int> queue{{.maxsize = 1}};
  EXPECT_EQ(queue.try_get(), std::nullopt);
  EXPECT_TRUE(queue.try_put(7));
  EXPECT_FALSE(queue.try_put(8));
  EXPECT_EQ(queue.qsize(), 1U) << "a put that fails takes no slot";
  EXPECT_EQ(queue.try_get(10s), 7);
  queue.close();
  EXPECT_THROW((void)queue.try_put(1), Closed);
  EXPECT_THROW((void)queue.try_get(), Closed);
}

TEST(Api, TryPutAndTryGetKeepTheirTimeouts) {
  Queue<int> queue{{.maxsize = 1}};
  SimpleQueue<int> simple;
  auto begin = detail::Clock::now();
  EXPECT_EQ(queue.try_get(30ms), std::nullopt);
  EXPECT_EQ(simple.try_get(30ms), std::nullopt);
  EXPECT_GE(detail::Clock::now() - begin, 60ms);
  queue.put(1);
  begin = detail::Clock::now();
  EXPECT_FALSE(queue.try_put(2, 30ms));
  EXPECT_GE(detail::Clock::now() - begin, 30ms);
  simple.put(3);
  EXPECT_EQ(simple.try_get(), 3);
}

TEST(Api, ReceivingTakesATimeout) {
  auto [left, right] = pipe<std::string>();
  const auto begin = detail::Clock::now();
  EXPECT_THROW((void)left.recv(30ms), TimeoutError);
  EXPECT_EQ(left.try_recv(30ms), std::nullopt);
  EXPECT_GE(detail::Clock::now() - begin, 60ms);
  EXPECT_EQ(left.try_recv(), std::nullopt);
  right.send("a");
  right.send("b");
  EXPECT_EQ(left.recv(10s), "a");
  EXPECT_EQ(left.try_recv(), "b");
  right.close();
  EXPECT_THROW((void)left.try_recv(), EndOfStream);
  EXPECT_THROW((void)right.try_recv(), Closed);
}

TEST(Api, AJoinWithATimeoutSaysWhetherAllIsDone) {
  JoinableQueue<int> queue{{.unfinished = 1}};
  const auto begin = detail::Clock::now();
  EXPECT_FALSE(queue.join(30ms));
  EXPECT_GE(detail::Clock::now() - begin, 30ms);
  EXPECT_FALSE(queue.join(no_wait));
  queue.task_done();
  EXPECT_TRUE(queue.join(no_wait));
}

TEST(Api, UntilASentinelTakesNoMore) {
  Queue<int> queue;
  for (const int each : {1, 2, -1, 3}) queue.put(each);
  std::vector<int> seen;
  for (int& each : until(queue, -1)) seen.push_back(each++);
  EXPECT_EQ(seen, (std::vector{1, 2}));
  EXPECT_EQ(queue.get(10s), 3);
}

TEST(Api, ALoopThatIsLeftEarlyHasTakenWhatItSaw) {
  SimpleQueue<int> queue;
  for (const int each : {1, 2, 3}) queue.put(each);
  for (const int each : until(queue, 0)) {
    if (each == 2) break;
  }
  EXPECT_EQ(queue.get(), 3);
}

// Older versions of clang do not compile the views of libstdc++.
#if !defined(__clang__) || __clang_major__ >= 16
// A view that has enough takes nothing more: the queue has nothing more, and a get would wait.
TEST(Api, AViewOfALoopTakesWhatItShows) {
  Queue<int> queue;
  for (const int each : {1, 2}) queue.put(each);
  std::vector<int> seen;
  for (const int each : until(queue, 0) | std::views::take(2)) seen.push_back(each);
  EXPECT_EQ(seen, (std::vector{1, 2}));
  for (const int each : {3, 4, 0}) queue.put(each);
  const auto is_odd = [](int each) { return each % 2 == 1; };
  for (const int each : until(queue, 0) | std::views::filter(is_odd)) seen.push_back(each);
  EXPECT_EQ(seen, (std::vector{1, 2, 3}));
  EXPECT_TRUE(queue.empty());
}
#endif

TEST(Api, UntilTheSentinelWhereThereIsAnEnd) {
  auto [left, right] = pipe<std::string>();
  right.send("x");
  right.close();
  EXPECT_THROW(
      {
        for (const std::string& each : until(left, "last")) EXPECT_EQ(each, "x");
      },
      EndOfStream);
}

TEST(Api, UntilTheQueueIsClosedByAnotherThread) {
  Queue<int> queue;
  queue.put(5);
  std::thread closer;
  for (const int each : until_closed(queue)) {
    EXPECT_EQ(each, 5);
    closer = std::thread([&] { queue.close(); });
  }
  closer.join();
}

TEST(Api, MoveOnlyItemsTravel) {
  Queue<Parcel> queue;
  queue.put(Parcel{std::make_unique<std::string>("gold")});
  EXPECT_EQ(*queue.get(10s).content, "gold");
  queue.put(Parcel{});
  EXPECT_EQ(queue.try_get(10s)->content, nullptr);
  auto [left, right] = pipe<Parcel>();
  left.send(Parcel{std::make_unique<std::string>("silver")});
  left.close();
  for (const Parcel& parcel : until_closed(right)) EXPECT_EQ(*parcel.content, "silver");
}

TEST(Api, HandlesMoveAndStayTheSameQueue) {
  Queue<int> first;
  first.put(1);
  std::vector<Queue<int>> queues;
  queues.push_back(std::move(first));
  queues.emplace_back();
  EXPECT_EQ(queues.front().get(10s), 1);
  queues.front() = std::move(queues.back());
  EXPECT_EQ(queues.front().try_get(), std::nullopt);
}

TEST(Api, WaitTakesConnectionsOfDifferentTypes) {
  auto [left, right] = pipe<std::string>();
  auto [receiver, sender] = pipe<int>(one_way);
  EXPECT_TRUE(wait({&left, &receiver}, no_wait).empty());
  sender.send(1);
  EXPECT_EQ(wait({&left, &receiver}), std::vector<Waitable*>{&receiver});
}

}  // namespace
}  // namespace psq
