// Waits that end early, and what a process does at its end when something else ends it.

#include "psq/interruptible.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <thread>

#include "psq/joinable_queue.h"
#include "psq/process.h"
#include "psq/queue.h"
#include "psq/queue_core.h"
#include "psq/simple_queue.h"
#include "tests/child.h"
#include "tests/filler.h"

namespace psq {
namespace {

using namespace std::chrono_literals;
using psq::test::Child;

struct Stopped {};

// Stops a thread's calls as soon as it is asked to.
struct Stop {
  static void check(void* context) {
    auto& stop = *static_cast<Stop*>(context);
    ++stop.checks;
    if (stop.is_asked_for) throw Stopped();
  }

  std::atomic<bool> is_asked_for{false};
  std::atomic<int> checks{0};
};

// Runs the call on a thread, and stops it in its wait. True: it threw what the check did.
bool stops(const std::function<void()>& call) {
  Stop stop;
  std::atomic<bool> is_stopped{false};
  std::thread thread([&] {
    const Interruptible interruptible(Stop::check, &stop);
    try {
      call();
    } catch (const Stopped&) {
      is_stopped = true;
    }
  });
  psq::test::await([&] { return stop.checks > 1; });  // It waits, and goes on waiting.
  stop.is_asked_for = true;
  thread.join();
  return is_stopped;
}

TEST(Interruptible, EndsEachCallThatWaitsWithoutAnEffect) {
  JoinableQueue<int> queue{{.maxsize = 1}};
  EXPECT_TRUE(stops([&] { (void)queue.get(); }));
  queue.put(1);
  EXPECT_TRUE(stops([&] { queue.put(2); }));
  EXPECT_TRUE(stops([&] { queue.join(); }));
  EXPECT_EQ(queue.get(), 1);
  EXPECT_EQ(queue.qsize(), 0U);
  queue.put(3, no_wait);
  EXPECT_EQ(queue.get(), 3);
}

TEST(Interruptible, EndsThePutOfALongItemThatFindsNoRoom) {
  SimpleQueue<std::string> queue;
  const std::string item(100'000, 'x');
  int count = 0;
  while (queue.try_put(item)) ++count;
  EXPECT_TRUE(stops([&] { queue.put(item); }));
  for (; count > 0; --count) EXPECT_EQ(queue.get(), item);
  EXPECT_TRUE(queue.empty());
}

TEST(Interruptible, EndsALoanAndAPutThatFindNoPlaceForALongItem) {
  SimpleQueue<std::string> queue;
  std::list<Loan> loans;
  while (auto loan = queue.try_loan(17'000)) loans.push_back(*std::move(loan));
  EXPECT_TRUE(stops([&] { (void)queue.loan(17'000); }));
  EXPECT_TRUE(stops([&] { queue.put(std::string(17'000, 'x')); }));
  EXPECT_TRUE(queue.empty());
}

// A Queue that has no room for a long item, and has nothing to send before it.
std::unique_ptr<detail::QueueCore> queue_without_room() {
  auto queue = detail::QueueCore::create({});
  EXPECT_TRUE(queue->put(std::string(psq::test::kFillsAChannel, 'x'), forever));
  psq::test::await([&] { return !queue->empty() && queue->sends_next(); });
  return queue;
}

// The thread may not get to its sleep before its short wait is over.
TEST(Interruptible, EndsThePutThatLetsAConsumerMakeRoom) {
  const std::string item(std::size_t{12} << 20, 'y');
  Stop stop;
  stop.is_asked_for = true;
  const Interruptible interruptible(Stop::check, &stop);
  for (int tries = 0; stop.checks == 0; ++tries) {
    ASSERT_LT(tries, 200);
    const auto queue = queue_without_room();
    try {
      EXPECT_TRUE(queue->put(item, forever));
    } catch (const Stopped&) {
      EXPECT_EQ(queue->qsize(), 1U);
    }
    EXPECT_EQ(queue->get(no_wait)->size(), psq::test::kFillsAChannel);
    while (queue->qsize() > 0) EXPECT_TRUE(queue->get(no_wait).value_or(item) == item);
  }
}

TEST(Interruptible, IsNotAskedByAPutThatMayNotWaitForRoom) {
  const std::string item(std::size_t{12} << 20, 'y');
  const auto queue = queue_without_room();
  Stop stop;
  const Interruptible interruptible(Stop::check, &stop);
  EXPECT_TRUE(queue->put(item, no_wait));
  EXPECT_EQ(stop.checks, 0);
  EXPECT_EQ(queue->get(forever)->size(), psq::test::kFillsAChannel);
  EXPECT_TRUE(queue->get(forever) == item);
}

TEST(Interruptible, EndsJoinThread) {
  Child test([] {
    Queue<std::string> queue;
    for (int i = 0; i < 40; ++i) queue.put(std::string(100'000, 'x'));
    queue.close();
    const bool is_stopped = stops([&] { queue.join_thread(); });
    queue.cancel_join_thread();
    return is_stopped ? 0 : 1;
  });
  EXPECT_EQ(test.status(), 0);
}

TEST(Interruptible, IsAskedAtOnceWhenASignalWasHandled) {
  struct sigaction action {};
  struct sigaction before {};
  action.sa_handler = [](int) {};
  sigaction(SIGUSR1, &action, &before);
  Queue<int> queue;
  Stop stop;
  std::thread thread([&] {
    const Interruptible interruptible(Stop::check, &stop);
    EXPECT_THROW((void)queue.get(), Stopped);
  });
  // After some seconds a waiter looks every 400 ms: signals make it look much more often.
  psq::test::await([&] { return stop.checks > 1; });
  const int checks = stop.checks;
  psq::test::await([&] {
    pthread_kill(thread.native_handle(), SIGUSR1);
    return stop.checks > checks + 200;
  });
  stop.is_asked_for = true;
  thread.join();
  sigaction(SIGUSR1, &before, nullptr);
}

TEST(Interruptible, CountsInItsThreadWhileItExists) {
  Stop outer;
  Stop inner;
  const Interruptible first(Stop::check, &outer);
  {
    const Interruptible second(Stop::check, &inner);
    Interruptible::check();
  }
  EXPECT_EQ(inner.checks, 1);
  EXPECT_EQ(outer.checks, 0);
  Interruptible::check();
  EXPECT_EQ(outer.checks, 1);
  std::thread([] { EXPECT_FALSE(Interruptible::in_this_thread()); }).join();
}

TEST(Finish, WaitsUntilItemsAreVisibleAndLaterPutsSendTheirsThemselves) {
  Queue<std::string> queue;
  Child child([&] {
    for (int i = 0; i < 40; ++i) queue.put(std::string(100'000, 'x'));
    finish();
    queue.put("last");
    _exit(0);
    return 0;
  });
  std::this_thread::sleep_for(100ms);
  EXPECT_FALSE(child.has_ended());  // Not all of its items have room.
  for (int i = 0; i < 40; ++i) ASSERT_EQ(queue.get(60s).size(), 100'000U);
  EXPECT_EQ(queue.get(60s), "last");
  EXPECT_EQ(child.status(), 0);
}

TEST(Adopt, UsesAQueueByADuplicateOfItsDescriptor) {
  using detail::QueueCore;
  using detail::QueueKind;
  const auto queue = QueueCore::create({.maxsize = 1});
  const auto same =
      QueueCore::adopt(QueueKind::kPlain, fcntl(queue->descriptor(), F_DUPFD_CLOEXEC, 3));
  EXPECT_TRUE(queue->flushed());
  EXPECT_TRUE(queue->put("item", no_wait));
  EXPECT_FALSE(same->put("item", no_wait));
  EXPECT_EQ(same->get(forever), "item");
  EXPECT_FALSE(queue->flushed());  // Its thread waits for the next item.
}

TEST(Adopt, RefusesWhatIsNoQueueOfItsKind) {
  using detail::QueueCore;
  using detail::QueueKind;
  EXPECT_THROW((void)QueueCore::adopt(QueueKind::kPlain, open("/dev/null", O_RDWR | O_CLOEXEC)),
               InvalidArgument);
  EXPECT_THROW((void)QueueCore::adopt(QueueKind::kPlain, -1), InvalidArgument);
  const auto queue = QueueCore::create({.kind = QueueKind::kSimple});
  EXPECT_THROW(
      (void)QueueCore::adopt(QueueKind::kPlain, fcntl(queue->descriptor(), F_DUPFD_CLOEXEC, 3)),
      InvalidArgument);
}

}  // namespace
}  // namespace psq
