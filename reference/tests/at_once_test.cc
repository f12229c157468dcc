// Calls of a queue's core that do what can be done at once, or nothing; for callers that must not
// wait.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "psq/batch.h"
#include "psq/error.h"
#include "psq/queue_core.h"
#include "tests/child.h"

namespace psq::test {
namespace {

using detail::QueueCore;
using detail::QueueKind;

const std::string kLongItem(100'000, 'x');

class AtOnce : public testing::TestWithParam<QueueKind> {
 protected:
  // A queue whose thread, if it has one, has nothing to do.
  static std::unique_ptr<QueueCore> used_queue(std::int64_t maxsize = 0) {
    auto queue = QueueCore::create({.kind = GetParam(), .maxsize = maxsize});
    EXPECT_TRUE(queue->put("first", forever));
    EXPECT_EQ(queue->get(forever), "first");
    return queue;
  }
  // The thread may be busy for a while.
  static void put_soon(QueueCore& queue, std::string_view item) {
    await([&] { return queue.put_at_once(item); });
  }
};

std::vector<std::string> items_of(std::string_view row) {
  std::vector<std::string> items;
  for (; !row.empty(); row = detail::without_first(row)) items.emplace_back(detail::first_of(row));
  return items;
}

// What get_at_once takes when it takes something.
std::vector<std::string> got_soon(QueueCore& queue, std::size_t most) {
  std::string row;
  await([&] { return queue.get_at_once(row, most) > 0; });
  return items_of(row);
}

TEST_P(AtOnce, PutsAndGetsInOrder) {
  const auto queue = used_queue();
  for (const auto* const item : {"a", "", "c"}) put_soon(*queue, item);
  EXPECT_EQ(got_soon(*queue, 1), std::vector<std::string>{"a"});
  EXPECT_EQ(queue->get(forever), "");
  EXPECT_EQ(got_soon(*queue, 10), std::vector<std::string>{"c"});
  std::string row;
  EXPECT_EQ(queue->get_at_once(row, 1), 0U);
  EXPECT_EQ(row, "");
  EXPECT_TRUE(queue->empty());
}

TEST_P(AtOnce, LeavesLongItemsToTheCallsThatWait) {
  const auto queue = used_queue();
  EXPECT_FALSE(queue->put_at_once(kLongItem));
  EXPECT_TRUE(queue->empty());
  EXPECT_TRUE(queue->empty());
  EXPECT_TRUE(queue->put(kLongItem, forever));
  await([&] { return !queue->empty(); });
  std::string row;
  EXPECT_EQ(queue->get_at_once(row, 1), 0U);
  EXPECT_EQ(row, "");
  EXPECT_EQ(queue->get(forever), kLongItem);
}

TEST_P(AtOnce, ThrowsNothingButThatAPutIsClosed) {
  const auto queue = used_queue();
  queue->close();
  EXPECT_THROW((void)queue->put_at_once("a"), Closed);
  std::string row;
  EXPECT_EQ(queue->get_at_once(row, 1), 0U);
}

TEST_P(AtOnce, WakesAWaitingGet) {
  const auto queue = used_queue();
  Child child([&] { return queue->get(forever) == "a" ? 0 : 1; });
  put_soon(*queue, "a");
  EXPECT_EQ(child.status(), 0);
}

// Of long items the queue takes some over, because it has no room for all.
TEST_P(AtOnce, PutsRowsOfOneItemInOrder) {
  const auto queue = used_queue();
  const auto row_of = [](std::string_view item) {
    std::string row;
    detail::append_length(row, item.size());
    return row.append(item);
  };
  Child producer([&] {
    for (int i = 0; i < 10; ++i) {
      std::string long_row = row_of(kLongItem + std::to_string(i));
      std::string short_row = row_of(std::to_string(i));
      if (!queue->put_row(long_row, forever) || !queue->put_row(short_row, forever)) return 1;
    }
    queue->close();
    await([&] { return queue->flushed(); });
    return 0;
  });
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(queue->get(forever), kLongItem + std::to_string(i));
    EXPECT_EQ(queue->get(forever), std::to_string(i));
  }
  EXPECT_EQ(producer.status(), 0);
}

INSTANTIATE_TEST_SUITE_P(Kinds, AtOnce,
                         testing::Values(QueueKind::kSimple, QueueKind::kPlain,
                                         QueueKind::kJoinable));

TEST(AtOnceBound, PutsNothingWithoutASlotOrAThread) {
  const auto queue = QueueCore::create({.kind = QueueKind::kPlain, .maxsize = 1});
  EXPECT_FALSE(queue->put_at_once("no thread yet"));
  EXPECT_TRUE(queue->put("a", forever));
  EXPECT_FALSE(queue->put_at_once("no slot"));
  EXPECT_EQ(queue->qsize(), 1U);
  EXPECT_EQ(queue->get(forever), "a");
  await([&] { return queue->put_at_once("b"); });
  EXPECT_EQ(queue->get(forever), "b");
}

TEST(AtOnceBound, LeavesARowThatFindsNoSlot) {
  const auto queue = QueueCore::create({.kind = QueueKind::kPlain, .maxsize = 1});
  EXPECT_TRUE(queue->put("a", forever));
  std::string row;
  detail::append_length(row, kLongItem.size());
  row += kLongItem;
  EXPECT_FALSE(queue->put_row(row, no_wait));
  EXPECT_EQ(detail::first_of(row), kLongItem);
  EXPECT_EQ(queue->get(forever), "a");
  EXPECT_EQ(queue->get(no_wait), std::nullopt);
}

TEST(AtOnceBound, PutsNothingWithoutRoom) {
  const auto queue = QueueCore::create({.kind = QueueKind::kSimple});
  const std::string item(10'000, 'x');
  int put = 0;
  while (queue->put_at_once(item)) ++put;
  EXPECT_GT(put, 10);
  for (; put > 0; --put) EXPECT_EQ(queue->get(no_wait), item);
  EXPECT_EQ(queue->get(no_wait), std::nullopt);
}

}  // namespace
}  // namespace psq::test
