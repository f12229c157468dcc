#include "psq/process.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <thread>

#include "psq/error.h"
#include "psq/pipe.h"
#include "psq/queue.h"
#include "src/clock.h"
#include "tests/child.h"

namespace psq {
namespace {

using namespace std::chrono_literals;

[[noreturn]] void sleep_for_ever() {
  for (;;) pause();
}

TEST(Process, EndsAsItsBodyDoes) {
  Process returns{[] {}};
  Process exits{[] { psq::exit(7); }};
  Process fails{[] { throw std::runtime_error("on purpose"); }};
  Process fails_oddly{[] { throw 42; }};
  returns.join();
  exits.join();
  fails.join();
  fails_oddly.join();
  EXPECT_EQ(returns.exit_code(), 0);
  EXPECT_EQ(exits.exit_code(), 7);
  EXPECT_EQ(fails.exit_code(), 1);
  EXPECT_EQ(fails_oddly.exit_code(), 1);
}

TEST(Process, ItsBodyMayOwnWhatCannotBeCopied) {
  auto [receiver, sender] = pipe<int>(one_way);
  Process child{[end = std::move(sender)]() mutable { end.send(1); }};
  EXPECT_EQ(receiver.recv(10s), 1);
  EXPECT_THROW((void)receiver.recv(10s), EndOfStream);  // The parent's end was in the body too.
  child.join();
  EXPECT_EQ(child.exit_code(), 0);
}

TEST(Process, JoinKeepsItsTimeout) {
  Process process{sleep_for_ever, {.daemon = true}};
  for (const auto timeout : {0ms, 50ms}) {
    const auto begin = detail::Clock::now();
    EXPECT_FALSE(process.join(timeout));
    EXPECT_GE(detail::Clock::now() - begin, timeout);
  }
  EXPECT_EQ(process.exit_code(), std::nullopt);
  process.kill();
  EXPECT_TRUE(process.join(forever));
  EXPECT_EQ(process.exit_code(), -SIGKILL);
  process.terminate();  // Has no effect: the process is dead.
}

// The end of a process does not wait for its threads, and closes no queue that they wait on.
TEST(Process, FlushesAtItsEndWhileItsThreadsWait) {
  Queue<std::string> flushed;
  Queue<int> empty;
  Queue<int> full{{.maxsize = 1}};
  full.put(0);
  Process child{[&] {
    std::thread([&] { (void)empty.get(); }).detach();
    std::thread([&] { full.put(1); }).detach();
    std::thread([&] {
      for (;;) (void)full.try_put(2, 1ms);
    }).detach();
    for (int i = 0; i < 2; ++i) flushed.put(std::string(8 << 20, 'x'));  // The channel takes one.
    psq::exit(3);
  }};
  EXPECT_FALSE(child.join(200ms));
  for (int i = 0; i < 2; ++i) EXPECT_EQ(flushed.get(60s).size(), std::size_t{8} << 20);
  EXPECT_TRUE(child.join(60s));
  EXPECT_EQ(child.exit_code(), 3);
}

TEST(Process, WaitsForItsChildrenThoughTwoThreadsEndIt) {
  Queue<int> alive;
  Process parent{[&] {
    Process child{[&] {
      std::this_thread::sleep_for(200ms);
      alive.put(1);
    }};
    std::thread([] { psq::exit(4); }).detach();
    psq::exit(4);
  }};
  EXPECT_TRUE(parent.join(60s));
  EXPECT_EQ(parent.exit_code(), 4);
  EXPECT_EQ(alive.get(no_wait), 1);
}

// A wait that looked again from time to time would sleep eight times.
TEST(Process, JoinSleepsUntilTheEnd) {
  const auto sleeps = [] {
    rusage used{};
    getrusage(RUSAGE_THREAD, &used);
    return used.ru_nvcsw;
  };
  Process process([] { std::this_thread::sleep_for(8 * detail::kLookAgain); });
  const auto before = sleeps();
  process.join();
  EXPECT_LT(sleeps() - before, 6);
  EXPECT_EQ(process.exit_code(), 0);
}

TEST(Process, MayBeJoinedByManyThreads) {
  Process process{sleep_for_ever};
  std::thread first([&] { process.join(); });
  std::thread second([&] { process.join(); });
  process.terminate();
  first.join();
  second.join();
  EXPECT_EQ(process.exit_code(), -SIGTERM);
}

TEST(Process, AHandleThatIsAssignedToEndsItsChildFirst) {
  Process process{sleep_for_ever, {.daemon = true}};
  const pid_t first = process.pid();
  Process other{[] { psq::exit(7); }};
  process = std::move(other);
  EXPECT_EQ(::kill(first, 0), -1) << "the daemon still exists";
  process.join();
  EXPECT_EQ(process.exit_code(), 7);
  const Process moved = std::move(process);
}

TEST(Process, BelongsToItsParent) {
  Process process{sleep_for_ever, {.daemon = true}};
  Process other{[&] {
    try {
      process.kill();
      psq::exit(1);
    } catch (const InvalidArgument&) {
      psq::exit(0);
    }
  }};
  other.join();
  EXPECT_EQ(other.exit_code(), 0);
  EXPECT_EQ(process.exit_code(), std::nullopt);
}

TEST(Process, FlushesItsQueuesAtTheEnd) {
  Queue<int> queue;
  for (const bool by_exit : {false, true}) {
    Process process{[&] {
      for (int i = 0; i < 1000; ++i) queue.put(i);
      if (by_exit) psq::exit(0);
    }};
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(queue.get(), i);
    process.join();
    EXPECT_EQ(process.exit_code(), 0);
  }
}

TEST(Process, FlushesEvenWhenItEndsByStdExit) {
  Queue<std::string> queue;
  auto* never_destroyed = new Process{[&] {
    queue.put(std::string(1 << 20, 'x'));
    std::exit(3);  // NOLINT: the child has one thread beside its feeder
  }};
  EXPECT_EQ(queue.get().size(), std::size_t{1} << 20);
  never_destroyed->join();
  EXPECT_EQ(never_destroyed->exit_code(), 3);
  delete never_destroyed;
}

TEST(Process, TerminatesItsDaemonsAtTheEndAndJoinsItsOtherChildren) {
  auto ends = pipe<std::string>(one_way);
  auto& receiver = ends.first;
  auto& sender = ends.second;
  Process parent{[&] {
    Process daemon{sleep_for_ever, {.daemon = true}};
    Process worker{[&] {
      std::this_thread::sleep_for(20ms);
      sender.send("worked");
    }};
    psq::exit(0);
  }};
  sender.close();
  parent.join();
  EXPECT_EQ(parent.exit_code(), 0);
  EXPECT_EQ(receiver.recv(), "worked");
  // The daemon held a copy of the sender too.
  EXPECT_THROW((void)receiver.recv(), EndOfStream);
}

TEST(Process, ForksFromAnyThread) {
  Queue<int> queue;
  std::thread([&] {
    Process process{[&] { queue.put(5); }};
    EXPECT_EQ(queue.get(), 5);
  }).join();
}

TEST(Process, ReportsAnUnknownStatusWhenTheProgramReaped) {
  Process process{[] {}};
  int status = 0;
  ASSERT_EQ(waitpid(process.pid(), &status, 0), process.pid());
  process.join();
  EXPECT_EQ(process.exit_code(), 255);
}

}  // namespace
}  // namespace psq
