// Programs in unusual surroundings: closed standard descriptors, buffered streams, limits, PID
// namespaces, parents that end by a signal.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <fstream>
#include <iostream>
#include <thread>

#include "psq/joinable_queue.h"
#include "psq/pipe.h"
#include "psq/process.h"
#include "psq/queue.h"
#include "psq/simple_queue.h"
#include "tests/child.h"

namespace psq::test {
namespace {

using namespace std::chrono_literals;

bool are_standard_descriptors_free() {
  return fcntl(0, F_GETFD) < 0 && fcntl(1, F_GETFD) < 0 && fcntl(2, F_GETFD) < 0;
}

// What it prints goes to a descriptor that is no queue's, whichever ones were closed at the start.
TEST(Surroundings, TheLibrarysDescriptorsStayAboveTheStandardOnes) {
  Child program([] {
    for (const int standard : {0, 1, 2}) close(standard);
    Queue<int> queue;
    auto [first, second] = pipe<int>();
    auto [receiver, sender] = pipe<int>(one_way);
    first.send_connection(sender);
    auto copy = second.recv_connection();
    Process child{[&] {
      if (!are_standard_descriptors_free()) psq::exit(1);
      queue.put(1);
      throw std::runtime_error("a message to standard error");
    }};
    child.join();
    if (child.exit_code() != 1 || !are_standard_descriptors_free()) return 1;
    copy.send(2);
    if (queue.qsize() != 1 || queue.get(10s) != 1 || receiver.recv(10s) != 2) return 2;
    return are_standard_descriptors_free() ? 0 : 3;
  });
  EXPECT_EQ(program.status(), 0);
}

std::string all_of(int descriptor) {
  std::string text;
  char piece[256];
  for (ssize_t got = 0; (got = read(descriptor, piece, sizeof piece)) > 0;)
    text.append(piece, static_cast<std::size_t>(got));
  return text;
}

// Its own output and that of its child, each line once and in order.
std::string output_of(const std::function<void(std::ostream&)>& end, std::ostream& stream,
                      int standard) {
  int ends[2];
  EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
  Child program([&] {
    dup2(ends[1], standard);
    std::ios::sync_with_stdio(false);
    stream << "parent\n";
    Process child{[&] {
      stream << "child\n";
      end(stream);
    }};
    child.join();
    stream.flush();
    return 0;
  });
  close(ends[1]);
  std::string text = all_of(ends[0]);
  close(ends[0]);
  EXPECT_EQ(program.status(), 0);
  return text;
}

TEST(Surroundings, WhatAStreamBuffersIsWrittenOnce) {
  const auto returns = [](std::ostream&) {};
  EXPECT_EQ(output_of(returns, std::cout, STDOUT_FILENO), "parent\nchild\n");
  EXPECT_EQ(output_of(returns, std::clog, STDERR_FILENO), "parent\nchild\n");
  const auto executes = [](std::ostream&) { execute({"true"}); };
  EXPECT_EQ(output_of(executes, std::cout, STDOUT_FILENO), "parent\nchild\n");
  const auto throws_later = [](std::ostream& stream) {
    stream.exceptions(std::ios::badbit);
    close(STDOUT_FILENO);
  };
  EXPECT_EQ(output_of(throws_later, std::cout, STDOUT_FILENO), "parent\n");
}

TEST(Surroundings, ABodyThatEndsItsThreadHasReturned) {
  Queue<int> queue;
  Process child{[&] {
    queue.put(1);
    pthread_exit(nullptr);
  }};
  child.join();
  EXPECT_EQ(child.exit_code(), 0);
  EXPECT_EQ(queue.get(10s), 1);
}

TEST(Surroundings, AFileSizeLimitIsAnError) {
  Child program([] {
    const rlimit small{4096, 4096};
    setrlimit(RLIMIT_FSIZE, &small);
    try {
      const Queue<int> queue;
    } catch (const SystemError& error) {
      sigset_t pending;
      sigpending(&pending);
      return error.code().value() == EFBIG && sigismember(&pending, SIGXFSZ) == 0 ? 0 : 1;
    }
    return 2;
  });
  EXPECT_EQ(program.status(), 0);
}

// A child that does nothing, as a daemon. Its end closes the sender.
Process daemon_that_holds(Connection<int>& sender) {
  return Process{[&sender] {
                   sender.send(getpid());
                   for (;;) pause();
                 },
                 {.daemon = true}};
}

TEST(Surroundings, ADaemonEndsWithAParentThatASignalEnds) {
  auto [receiver, sender] = pipe<int>(one_way);
  Child parent([&sender = sender] {
    const Process daemon = daemon_that_holds(sender);
    for (;;) pause();
    return 0;
  });
  sender.close();
  const pid_t daemon = receiver.recv(10s);
  EXPECT_GT(daemon, 0);
  EXPECT_FALSE(receiver.poll(50ms));
  EXPECT_EQ(parent.kill_and_wait(), -SIGKILL);
  EXPECT_TRUE(receiver.poll(30s)) << "the daemon is still there";
  EXPECT_THROW((void)receiver.recv(), EndOfStream);
}

TEST(Surroundings, ADaemonOutlivesTheThreadThatMadeIt) {
  auto [receiver, sender] = pipe<int>(one_way);
  std::optional<Process> daemon;
  std::thread([&, &sender = sender] { daemon.emplace(daemon_that_holds(sender)); }).join();
  sender.close();
  (void)receiver.recv(10s);
  EXPECT_FALSE(receiver.poll(200ms)) << "the daemon has ended with the thread";
  EXPECT_EQ(daemon->exit_code(), std::nullopt);
}

// Runs `body` in a child of another PID namespace; nothing when the system does not allow it.
std::optional<int> in_another_pid_namespace(const std::function<int()>& body) {
  constexpr int kNotAllowed = 77;
  Child outer([&] {
    if (unshare(CLONE_NEWPID) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWPID) != 0)
      return kNotAllowed;
    return Child(body).status();
  });
  const int status = outer.status();
  return status == kNotAllowed ? std::nullopt : std::optional(status);
}

bool is_refused(const std::function<void()>& call) {
  try {
    call();
  } catch (const SystemError& error) {
    return error.code().value() == ENOTSUP;
  }
  return false;
}

TEST(Surroundings, AQueueIsRefusedInAnotherPidNamespace) {
  Queue<int> queue;
  SimpleQueue<int> simple;
  JoinableQueue<int> tasks;
  queue.put(1);
  simple.put(1);
  tasks.put(1);
  await([&] { return !queue.empty() && !tasks.empty(); });
  const auto status = in_another_pid_namespace([&] {
    const bool refused =
        is_refused([&] { queue.put(2); }) && is_refused([&] { (void)queue.get(); }) &&
        is_refused([&] { simple.put(2); }) && is_refused([&] { (void)simple.get(); }) &&
        is_refused([&] { tasks.task_done(); }) && is_refused([&] { tasks.join(); });
    if (!refused || queue.qsize() != 1 || queue.full() || queue.empty()) return 1;
    Queue<int> own;  // Of this namespace.
    Process child{[&] { own.put(own.get() + 1); }};
    own.put(1);
    child.join();
    return own.get(10s) == 2 ? 0 : 2;
  });
  if (!status) GTEST_SKIP() << "the system lets this program make no PID namespace";
  EXPECT_EQ(status, 0);
  EXPECT_EQ(queue.get(10s), 1);
  EXPECT_EQ(simple.get(), 1);
  EXPECT_EQ(tasks.get(10s), 1);
}

}  // namespace
}  // namespace psq::test
