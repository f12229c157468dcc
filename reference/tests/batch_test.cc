// put_many and get_many.

#include <gtest/gtest.h>

#include <algorithm>
#include <forward_list>
#include <map>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "psq/codec_cereal.h"
#include "psq/psq.h"
#include "src/clock.h"
#include "tests/child.h"

namespace psq {
namespace test {

struct Picky {
  int number = 0;
};

}  // namespace test

template <>
struct Codec<test::Picky> {
  static void encode(const test::Picky& value, std::string& out) {
    if (value.number < 0) throw std::runtime_error("below zero");
    out += std::to_string(value.number);
  }
  static test::Picky decode(std::span<const std::byte> bytes) {
    return {std::stoi(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()))};
  }
};

}  // namespace psq

namespace psq::test {
namespace {

using namespace std::chrono_literals;

std::vector<int> numbers(int from, int to) {
  std::vector<int> all(static_cast<std::size_t>(to - from));
  std::iota(all.begin(), all.end(), from);
  return all;
}

// Of each length up to 200, and of a content that tells where it comes from.
std::string text_of(std::size_t number) {
  std::string text = std::to_string(number);
  for (char next = '!'; text.size() < number % 200;
       next = next == '~' ? '!' : static_cast<char>(next + 1))
    text += next;
  return text;
}

// Gets `count` items by calls of get_many.
template <typename Q>
auto get_all(Q& queue, std::size_t count) {
  auto all = queue.get_many(count, 10s);
  while (all.size() < count) {
    auto more = queue.get_many(count - all.size(), 10s);
    if (more.empty()) break;
    for (auto& each : more) all.push_back(std::move(each));
  }
  return all;
}

template <typename Q>
class Batch : public testing::Test {};
using BatchQueues = testing::Types<Queue<int>, JoinableQueue<int>, SimpleQueue<int>>;
TYPED_TEST_SUITE(Batch, BatchQueues);

TYPED_TEST(Batch, ManyItemsKeepTheirOrder) {
  TypeParam queue;
  EXPECT_EQ(queue.put_many(numbers(0, 100)), 100U);
  queue.put(100);
  EXPECT_EQ(queue.put_many(numbers(101, 150)), 49U);
  EXPECT_EQ(queue.get(10s), 0);
  EXPECT_EQ(get_all(queue, 149), numbers(1, 150));
  EXPECT_TRUE(queue.empty());
}

TYPED_TEST(Batch, AGetOfManyTakesWhatIsThereAndNoMoreThanAsked) {
  TypeParam queue;
  (void)queue.put_many(numbers(0, 10));
  await([&] { return !queue.empty(); });
  EXPECT_EQ(queue.get_many(4, no_wait), numbers(0, 4));
  EXPECT_EQ(queue.get_many(1, no_wait), numbers(4, 5));
  EXPECT_TRUE(queue.get_many(0).empty());
  EXPECT_EQ(queue.get_many(1000), numbers(5, 10));
  const auto begin = detail::Clock::now();
  EXPECT_TRUE(queue.get_many(1000, 30ms).empty());
  EXPECT_GE(detail::Clock::now() - begin, 30ms);
}

TYPED_TEST(Batch, NothingIsPutOfNothing) {
  TypeParam queue;
  EXPECT_EQ(queue.put_many(std::vector<int>()), 0U);
  EXPECT_EQ(queue.try_get(), std::nullopt);
  queue.close();
  EXPECT_THROW(queue.put_many(std::vector<int>()), Closed);
  EXPECT_THROW((void)queue.get_many(1), Closed);
}

TYPED_TEST(Batch, ProducersAndConsumersShareTheItems) {
  TypeParam queue;
  SimpleQueue<std::vector<int>> seen;
  constexpr int kEach = 5'000;
  const auto puts = [&](int from) {
    for (int i = 0; i < kEach; i += 100) (void)queue.put_many(numbers(from + i, from + i + 100));
  };
  const auto gets = [&] {
    for (bool goes_on = true; goes_on;) {
      auto items = queue.get_many(70, 10s);
      goes_on = std::ranges::find(items, -1) == items.end();
      seen.put(items);
    }
    seen.put({-2});
  };
  {
    Process consumer{gets};
    Process beside{gets};
    {
      Process first{[&] { puts(0); }};
      Process second{[&] { puts(kEach); }};
      for (int ended = 0, total = 0; ended < 2;) {
        std::map<int, int> last;
        for (const int each : seen.get(10s)) {
          if (each == -2 && ++ended == 1) queue.put(-1);
          if (each < 0) continue;
          ASSERT_TRUE(last.emplace(each / kEach, each).second || last[each / kEach] < each);
          last[each / kEach] = each;
          if (++total == 2 * kEach) queue.put(-1);
        }
      }
    }
  }
  EXPECT_EQ(queue.try_get(), std::nullopt);
}

TEST(BatchOfItems, MayBeLongAndShort) {
  SimpleQueue<std::string> queue;
  std::vector<std::string> items;
  for (const std::size_t size : {0, 1, 64, 16383, 16384, 300'000, 5, 100'000, 1, 0})
    items.emplace_back(size, static_cast<char>('a' + items.size()));
  Process producer{[&] { (void)queue.put_many(items); }};
  EXPECT_EQ(get_all(queue, items.size()), items);
  Queue<std::string> buffered;
  EXPECT_EQ(buffered.put_many(items), items.size());
  EXPECT_EQ(get_all(buffered, items.size()), items);
  EXPECT_EQ(buffered.qsize(), 0U);
}

// More than the ring holds: the rest waits in the buffer, and no consumer is needed.
TEST(BatchOfItems, ManyMoreThanTheRingHolds) {
  Queue<int> queue;
  EXPECT_EQ(queue.put_many(numbers(0, 50'000)), 50'000U);
  EXPECT_EQ(queue.qsize(), 50'000U);
  EXPECT_EQ(get_all(queue, 50'000), numbers(0, 50'000));
}

// Their frames begin and end at each place beside the end of the ring.
TEST(BatchOfItems, ArriveWholeAroundTheEndOfTheRing) {
  SimpleQueue<std::string> queue;
  for (std::size_t sent = 0; sent < 20'000; sent += 100) {
    std::vector<std::string> items;
    for (std::size_t i = sent; i < sent + 100; ++i) items.push_back(text_of(i));
    ASSERT_EQ(queue.put_many(items), 100U);
    ASSERT_EQ(get_all(queue, 100), items);
  }
}

TEST(BatchOfItems, MayBeOfARangeThatDoesNotKnowItsSize) {
  std::forward_list<std::string> items;
  for (std::size_t i = 0; i < 2000; ++i) items.push_front(text_of(i));
  Queue<std::string> queue;
  EXPECT_EQ(queue.put_many(items), 2000U);
  EXPECT_TRUE(std::ranges::equal(get_all(queue, 2000), items));
}

TEST(BatchOfItems, TheBoundIsKept) {
  JoinableQueue<int> queue{{.maxsize = 10}};
  EXPECT_EQ(queue.put_many(numbers(0, 7), no_wait), 7U);
  const auto begin = detail::Clock::now();
  EXPECT_EQ(queue.put_many(numbers(7, 20), 30ms), 3U);
  EXPECT_GE(detail::Clock::now() - begin, 30ms);
  EXPECT_TRUE(queue.full());
  Process producer{[&] { psq::exit(queue.put_many(numbers(10, 100)) == 90 ? 0 : 1); }};
  EXPECT_EQ(get_all(queue, 100), numbers(0, 100));
  for (int i = 0; i < 100; ++i) queue.task_done();
  EXPECT_TRUE(queue.join(10s));
  EXPECT_THROW(queue.task_done(), TaskDoneTooOften);
  producer.join();
  EXPECT_EQ(producer.exit_code(), 0);
}

TEST(BatchOfItems, TheCountOfTasksOverflowsAfterTheFirstOnes) {
  JoinableQueue<int> queue{{.unfinished = kMaxUnfinished - 3}};
  EXPECT_THROW(queue.put_many(numbers(0, 5)), CountOverflow);
  EXPECT_EQ(queue.qsize(), 3U);
  EXPECT_EQ(get_all(queue, 3), numbers(0, 3));
}

TEST(BatchOfItems, OneThatCannotBeSerializedStopsAll) {
  Queue<Picky> queue{{.maxsize = 4}};
  EXPECT_THROW(queue.put_many(std::vector<Picky>{{1}, {-1}, {2}}), NotSerializable);
  EXPECT_EQ(queue.qsize(), 0U);
  EXPECT_EQ(queue.put_many(std::vector<Picky>{{1}, {2}}), 2U);
  const auto got = get_all(queue, 2);
  ASSERT_EQ(got.size(), 2U);
  EXPECT_EQ(got[1].number, 2);
}

}  // namespace
}  // namespace psq::test
