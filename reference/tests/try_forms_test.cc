// Calls that return where others throw that nothing came, or that there was no room.

#include <gtest/gtest.h>

#include <string>

#include "psq/psq.h"
#include "src/clock.h"
#include "tests/child.h"
#include "tests/filler.h"

namespace psq::test {
namespace {

using namespace std::chrono_literals;

// The time of `call`, which has to keep its timeout.
template <typename Call>
void expect_waits(std::chrono::milliseconds at_least, const Call& call) {
  const auto begin = detail::Clock::now();
  call();
  EXPECT_GE(detail::Clock::now() - begin, at_least);
}

// Puts until the queue has no room. Returns how many items it holds.
int fill(SimpleQueue<std::string>& queue, const std::string& item) {
  int held = 0;
  while (queue.try_put(item)) ++held;
  return held;
}

TEST(TryForms, ASimpleQueuesPutKeepsItsTimeout) {
  SimpleQueue<std::string> queue;
  const std::string item(1000, 'x');
  const int held = fill(queue, item);
  EXPECT_GT(held, 200);
  expect_waits(30ms, [&] { EXPECT_FALSE(queue.try_put(item, 30ms)); });
  expect_waits(30ms, [&] { EXPECT_THROW(queue.put(item, 30ms), Full); });
  expect_waits(30ms, [&] { EXPECT_FALSE(queue.try_put(std::string(1'000'000, 'y'), 30ms)); });
  EXPECT_THROW(queue.put(item, no_wait), Full);
  for (int i = 0; i < held; ++i) ASSERT_EQ(queue.try_get(), item) << i;
  EXPECT_EQ(queue.try_get(), std::nullopt) << "a put that found no room has put something";
  queue.close();
  EXPECT_THROW((void)queue.try_put(item), Closed);
}

TEST(TryForms, ASimpleQueuesPutTakesRoomWithinItsTimeout) {
  SimpleQueue<std::string> queue;
  const std::string item(1000, 'x');
  const int held = fill(queue, item);
  Child consumer([&] {
    for (int i = 0; i < held; ++i) (void)queue.get();
    return 0;
  });
  queue.put("last", 10s);
  EXPECT_EQ(consumer.status(), 0);
  EXPECT_EQ(queue.get(10s), "last");
}

// A long item that finds no room gives its memory outside of the ring back.
TEST(TryForms, LongItemsWithoutRoomTakeNoMemory) {
  SimpleQueue<std::string> queue;
  const std::string item(kFillsAChannel, 'x');
  ASSERT_TRUE(queue.try_put(item)) << "one item of any length is possible";
  for (int i = 0; i < 1000; ++i) ASSERT_FALSE(queue.try_put(item)) << i;
  EXPECT_EQ(queue.get(10s), item);
  EXPECT_TRUE(queue.try_put(item));
}

TEST(TryForms, ASimpleQueuesGetKeepsItsTimeout) {
  SimpleQueue<int> queue;
  expect_waits(30ms, [&] { EXPECT_THROW((void)queue.get(30ms), Empty); });
  EXPECT_THROW((void)queue.get(no_wait), Empty);
  queue.put(3);
  EXPECT_EQ(queue.get(10s), 3);
}

TEST(TryForms, AJoinThatDoesNotWaitSaysWhetherAllIsDone) {
  JoinableQueue<int> queue{{.unfinished = 1}};
  EXPECT_FALSE(queue.try_join());
  expect_waits(30ms, [&] { EXPECT_FALSE(queue.try_join(30ms)); });
  queue.task_done();
  EXPECT_TRUE(queue.try_join());
}

void expect_send_keeps_timeout(Connection<std::string>& receiver, Connection<std::string>& sender) {
  const std::string item(1000, 'x');
  int sent = 0;
  while (sender.try_send(item)) ++sent;
  EXPECT_GT(sent, 10);
  expect_waits(30ms, [&] { EXPECT_FALSE(sender.try_send(item, 30ms)); });
  EXPECT_FALSE(sender.try_send_bytes(std::as_bytes(std::span(item))));
  for (int i = 0; i < sent; ++i) ASSERT_EQ(receiver.try_recv(), item) << i;
  EXPECT_EQ(receiver.try_recv(), std::nullopt) << "a send that found no room has sent something";
  EXPECT_TRUE(sender.try_send("last"));
  EXPECT_EQ(receiver.recv(10s), "last");
  receiver.close();
  EXPECT_THROW((void)sender.try_send(item), BrokenPipe);
}

TEST(TryForms, SendingTakesATimeout) {
  auto [left, right] = pipe<std::string>();
  expect_send_keeps_timeout(left, right);
  auto [receiver, sender] = pipe<std::string>(one_way);
  EXPECT_THROW((void)receiver.try_send("x"), WrongDirection);
  expect_send_keeps_timeout(receiver, sender);
}

TEST(TryForms, BytesAndEndsAreReceivedWithinATimeout) {
  auto ends = pipe<std::string>();
  auto& left = ends.first;
  auto& right = ends.second;
  EXPECT_EQ(left.try_recv_bytes(), std::nullopt);
  expect_waits(30ms, [&] { EXPECT_EQ(left.try_recv_bytes(30ms), std::nullopt); });
  expect_waits(30ms, [&] { EXPECT_FALSE(left.try_recv_connection(30ms)); });
  const std::string text = "abc";
  right.send_bytes(std::as_bytes(std::span(text)));
  EXPECT_EQ(left.try_recv_bytes(10s)->size(), 3U);
  right.send_bytes(std::as_bytes(std::span(text)));
  EXPECT_THROW((void)left.try_recv_bytes(10s, 2), MessageTooLong);
  auto [receiver, sender] = pipe<int>(one_way);
  left.send_connection(sender);
  right.try_recv_connection<int>(10s).value().send(7);
  EXPECT_EQ(receiver.recv(10s), 7);
}

}  // namespace
}  // namespace psq::test
