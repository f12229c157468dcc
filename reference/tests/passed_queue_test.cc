// Queues that travel through Unix sockets.

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "psq/psq.h"
#include "tests/child.h"

namespace psq::test {
namespace {

using namespace std::chrono_literals;

// Both ends of a socket that no program has made for psq.
struct Line {
  Line() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0); }
  ~Line() {
    for (const int each : ends) close(each);
  }
  Line(Line&&) = delete;

  int ends[2];
};

TEST(PassedQueue, ReachesAProcessThatHasNotInheritedIt) {
  const Line line;
  Child stranger([&] {
    auto queue = Queue<std::string>::receive_from(line.ends[1]);
    auto tasks = JoinableQueue<int>::receive_from(line.ends[1]);
    auto answers = SimpleQueue<std::string>::receive_from(line.ends[1]);
    answers.put(queue.get(10s) + std::to_string(tasks.get(10s)));
    tasks.task_done();
    return 0;
  });
  Queue<std::string> queue;
  JoinableQueue<int> tasks;
  SimpleQueue<std::string> answers;
  queue.send_over(line.ends[0]);
  tasks.send_over(line.ends[0]);
  answers.send_over(line.ends[0]);
  queue.put("a");
  tasks.put(1);
  EXPECT_EQ(answers.get(10s), "a1");
  EXPECT_TRUE(tasks.join(10s));
  EXPECT_EQ(stranger.status(), 0);
}

TEST(PassedQueue, TheSenderMayDropIt) {
  const Line line;
  {
    SimpleQueue<int> queue;
    queue.put(5);
    queue.send_over(line.ends[0]);
  }
  EXPECT_EQ(SimpleQueue<int>::receive_from(line.ends[1]).get(10s), 5);
}

TEST(PassedQueue, StaysInOrderWithTheMessagesOfAConnection) {
  auto [left, right] = pipe<std::string>();
  Queue<int> queue;
  queue.put(3);
  left.send("before");
  queue.send_over(left.fd());
  left.send("after");
  EXPECT_THROW((void)Queue<int>::receive_from(right.fd()), NotDeserializable);
  EXPECT_EQ(right.recv(10s), "before");
  EXPECT_THROW((void)right.recv_connection(), NotDeserializable);
  EXPECT_EQ(Queue<int>::receive_from(right.fd()).get(10s), 3);
  EXPECT_EQ(right.recv(10s), "after");
  left.send_connection(left);
  EXPECT_THROW((void)Queue<int>::receive_from(right.fd()), NotDeserializable);
  (void)right.recv_connection();
  left.close();
}

TEST(PassedQueue, WhatIsNoQueueIsRefused) {
  const Line line;
  const SimpleQueue<int> queue;
  queue.send_over(line.ends[0]);
  EXPECT_THROW((void)Queue<int>::receive_from(line.ends[1]), InvalidArgument);
  EXPECT_THROW(queue.send_over(-1), Error);
  shutdown(line.ends[0], SHUT_WR);
  EXPECT_THROW((void)Queue<int>::receive_from(line.ends[1]), EndOfStream);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  EXPECT_THROW(queue.send_over(ends[1]), SystemError);
  EXPECT_THROW((void)Queue<int>::receive_from(ends[0]), SystemError);
  for (const int each : ends) close(each);
}

}  // namespace
}  // namespace psq::test
