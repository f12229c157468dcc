// Processes that die at chosen crash points: those of DEATH.md.

#include "tests/death.h"

#include <gtest/gtest.h>

#include <atomic>
#include <utility>
#include <vector>

#include "tests/crash_probes.h"
#include "tests/shared_object.h"

namespace psq::test {
namespace {

using namespace std::chrono_literals;

constexpr int kItems = 40;

// Gets what there is, in order. Returns the next number.
int expect_in_order(Tasks& queue, int next) {
  for (;; ++next) {
    try {
      EXPECT_EQ(number_of(queue.get(no_wait)), next) << "lost, twice, or out of order";
    } catch (const Empty&) {
      return next;
    }
  }
}

// The same as long as the producer lives and for what it leaves.
int expect_in_order_from(const Child& producer, Tasks& queue, int next) {
  while (!producer.has_ended()) {
    next = expect_in_order(queue, next);
    std::this_thread::sleep_for(1ms);
  }
  return expect_in_order(queue, next);
}

class DeathOfAProducer : public Death {};

TEST_P(DeathOfAProducer, LeavesAQueueThatWorks) {
  Tasks queue({.maxsize = kBound});
  // How many items it takes to have a batch, or a row of them sent, is chance.
  Child producer([&] {
    die_there();
    for (int i = 0; i < 100 * kItems; ++i) queue.put(item(i));
    queue.close();
    queue.join_thread();
    return 0;
  });
  const int got = expect_in_order_from(producer, queue, 0);
  EXPECT_EQ(producer.status(), -SIGKILL) << "it never came to this crash point";
  EXPECT_EQ(expect_in_order(queue, got), got);
  // Each of these comes back, and so each has to be finished but once.
  for (int i = 0; i < got; ++i) EXPECT_NO_THROW(queue.task_done());
  expect_join_returns(queue);
  EXPECT_THROW(queue.task_done(), TaskDoneTooOften);
  expect_works(queue);
}

INSTANTIATE_TEST_SUITE_P(
    AtEveryPoint, DeathOfAProducer,
    testing::ValuesIn(crash_points({"put-begun", "item-counted", "item-buffered", "batch-taken",
                                    "extent-taken", "extent-filled", "write-lock-taken",
                                    "frame-begun", "extent-named", "extent-released",
                                    "frame-written", "last-commit-saved", "committed", "some-sent"},
                                   {1, 2, 5})),
    name_of);

TEST(DeathOfAProducerAlone, WhileItTakesARecord) {
  Tasks queue({.maxsize = kBound});
  // This process has the first record, the child takes a second.
  queue.put(item(0));
  EXPECT_EQ(number_of(queue.get()), 0);
  for (int round = 0; round < 3; ++round) {
    Child producer([&] {
      die_at("record-opened");
      queue.put(item(1));
      return 0;
    });
    EXPECT_EQ(producer.status(), -SIGKILL);
  }
  queue.task_done();
  expect_join_returns(queue);
  expect_works(queue);
}

// Through the buffer it would be copied twice more.
TEST(FirstPutOfAProcess, SendsItsItemItself) {
  Tasks queue;
  Child producer([&] {
    die_at("item-buffered");
    queue.put(item(1));
    return 0;
  });
  EXPECT_EQ(producer.status(), 0);
  EXPECT_EQ(number_of(queue.get(no_wait)), 1);
}

class DeathOfAConsumer : public Death {};

struct Seen {
  std::atomic<int> got{0};
  std::atomic<int> done{0};
};

TEST_P(DeathOfAConsumer, LeavesAQueueThatWorks) {
  Tasks queue({.maxsize = kBound});
  const SharedObject<Seen> seen;
  Child producer([&] {
    for (int i = 0; i < kItems; ++i) queue.put(item(i));
    queue.close();
    queue.join_thread();
    return 0;
  });
  Child consumer([&] {
    die_there();
    for (int i = 0; i < kItems; ++i) {
      EXPECT_EQ(number_of(queue.get()), i);
      ++seen->got;
      queue.task_done();
      ++seen->done;
    }
    return 0;
  });
  EXPECT_EQ(consumer.status(), -SIGKILL) << "it never came to this crash point";
  // The item that it was getting is either lost with it or still there.
  const int first = number_of(queue.get(kSoon));
  EXPECT_GE(first, seen->got.load());
  EXPECT_LE(first, seen->got.load() + 1);
  EXPECT_EQ(expect_in_order_from(producer, queue, first + 1), kItems);
  EXPECT_EQ(producer.status(), 0);
  const int unfinished = finish_tasks(queue);
  EXPECT_LE(unfinished, kItems - seen->done);
  EXPECT_GE(unfinished, kItems - seen->done - 1);
  expect_join_returns(queue);
  expect_works(queue);
}

INSTANTIATE_TEST_SUITE_P(
    AtEveryPoint, DeathOfAConsumer,
    testing::ValuesIn(crash_points({"read-lock-taken", "extent-claimed", "head-moved",
                                    "extent-read", "extent-given-back", "slot-freed", "task-done"},
                                   {1, 2, 3, 5})),
    name_of);

// Slots come back without a further get.
TEST(DeathOfTheOnlyConsumer, FreesTheSlotOfWhatItHadTaken) {
  Tasks queue({.maxsize = 1});
  queue.put(item(0));
  Child consumer([&] {
    die_at("head-moved");
    (void)queue.get();
    return 0;
  });
  EXPECT_EQ(consumer.status(), -SIGKILL);
  EXPECT_NO_THROW(queue.put(item(2), no_wait));
}

// A process that saves the step of a dead one may die as well, at each crash point on the way.
TEST(DeathOfTheNext, LeavesTheRestToOthers) {
  struct Chain {
    const char* first;
    const char* then;
  };
  for (const auto& [first, then] :
       {Chain{"committed", "last-commit-saved"}, Chain{"item-counted", "last-commit-saved"},
        Chain{"committed", "record-settled"}, Chain{"item-counted", "record-settled"},
        Chain{"item-counted", "record-taken"}}) {
    SCOPED_TRACE(first + std::string(", ") + then);
    Tasks queue({.maxsize = kBound});
    const auto die_putting = [&queue](const char* point) {
      Child producer([&] {
        die_at(point);
        queue.put(item(0));
        queue.close();
        queue.join_thread();
        return 0;
      });
      EXPECT_EQ(producer.status(), -SIGKILL);
    };
    die_putting(first);
    for (int round = 0; round < 2; ++round) die_putting(then);
    const int got = std::string(first) == "committed" ? 1 : 0;
    EXPECT_EQ(queue.qsize(), static_cast<std::size_t>(got));
    EXPECT_EQ(expect_in_order(queue, 0), got);
    EXPECT_EQ(finish_tasks(queue), got);
    expect_join_returns(queue);
    expect_works(queue);
  }
}

TEST(DeathOfACollector, LeavesTheSlotToTheNext) {
  Tasks queue({.maxsize = 1});
  Child producer([&] {
    die_at("item-counted");
    queue.put(item(0));
    return 0;
  });
  EXPECT_EQ(producer.status(), -SIGKILL);
  for (int round = 0; round < 2; ++round) {
    Child collector([&] {
      die_at("record-settled");
      (void)queue.qsize();
      return 0;
    });
    EXPECT_EQ(collector.status(), -SIGKILL);
  }
  EXPECT_NO_THROW(queue.put(item(0), no_wait));
  EXPECT_EQ(number_of(queue.get(kSoon)), 0);
}

TEST(DeathOfAJoiner, IsNotInTheWay) {
  for (const int times : {1, 2}) {
    Tasks queue({.maxsize = kBound});
    queue.put(item(0));
    Child joiner([&] {
      die_at("joiner-looks", times);
      queue.join();
      return 0;
    });
    EXPECT_EQ(joiner.status(), -SIGKILL);
    EXPECT_EQ(number_of(queue.get(kSoon)), 0);
    queue.task_done();
    expect_join_returns(queue);
    expect_works(queue);
  }
}

TEST(DeathOfADoer, BeforeItWakesTheJoiners) {
  Tasks queue({.maxsize = kBound});
  for (const char* point : {"task-done", "zero-noted"}) {
    queue.put(item(0));
    EXPECT_EQ(number_of(queue.get(kSoon)), 0);
    Child doer([&] {
      die_at(point);
      queue.task_done();
      return 0;
    });
    EXPECT_EQ(doer.status(), -SIGKILL);
    expect_join_returns(queue);
    EXPECT_THROW(queue.task_done(), TaskDoneTooOften);
  }
  expect_works(queue);
}

// A put that waits for a slot and a join learn of a death that comes later.
// Later items stay in buffers.
std::string filling_item() { return std::string(kFillsAChannel, 'x'); }

TEST(DeathWhileOthersWait, GivesThemSlotsAndTasks) {
  Tasks queue({.maxsize = kBound});
  Child producer([&]() -> int {
    queue.put(filling_item());
    for (int i = 1; i < kBound; ++i) queue.put(item(i));
    for (;;) pause();
  });
  await([&] { return queue.full() && !queue.empty(); });
  EXPECT_THROW(queue.put(item(0), no_wait), Full);
  const SharedObject<std::atomic<bool>> is_put;
  Child putter([&] {
    queue.put(item(0), kSoon);
    *is_put = true;
    queue.close();
    queue.join_thread();
    return 0;
  });
  Child joiner([&] {
    queue.join();
    return 0;
  });
  EXPECT_EQ(producer.kill_and_wait(), -SIGKILL);
  await([&] { return is_put->load() || putter.has_ended(); });
  EXPECT_EQ(queue.get(kSoon), filling_item());
  EXPECT_EQ(number_of(queue.get(kSoon)), 0);
  EXPECT_EQ(putter.status(), 0);
  for (int i = 0; i < 2; ++i) queue.task_done();
  EXPECT_EQ(joiner.status(), 0);
  expect_works(queue);
}

TEST(DeathByExit, OfAProcessWithABufferIsDeath) {
  Tasks queue({.maxsize = kBound});
  Child producer([&] {
    queue.put(filling_item());
    await([&] { return !queue.empty(); });
    queue.put(item(1));
    queue.put(item(2));
    return 0;  // To _exit: nothing is flushed.
  });
  EXPECT_EQ(producer.status(), 0);
  EXPECT_EQ(queue.get(no_wait), filling_item());
  EXPECT_EQ(expect_in_order(queue, 0), 0);
  EXPECT_EQ(finish_tasks(queue), 1);
  expect_works(queue);
}

TEST(Stopped, IsNotDead) {
  Tasks queue({.maxsize = kBound});
  Child producer([&] {
    for (int i = 0; i < 2 * kBound; ++i) queue.put(item(i));
    queue.close();
    queue.join_thread();
    return 0;
  });
  await([&] { return queue.full(); });
  producer.stop();
  EXPECT_EQ(queue.qsize(), static_cast<std::size_t>(kBound));
  EXPECT_THROW(queue.put(item(0), 120ms), Full);
  producer.signal(SIGCONT);
  EXPECT_EQ(expect_in_order_from(producer, queue, 0), 2 * kBound);
  EXPECT_EQ(producer.status(), 0);
  EXPECT_EQ(finish_tasks(queue), 2 * kBound);
  expect_works(queue);
}

TEST(DeathOfTheCreator, LeavesTheQueueToItsChildren) {
  const SharedObject<std::atomic<int>> got;
  Child creator([&]() -> int {
    Tasks queue({.maxsize = kBound});
    Child producer([&] {
      for (int i = 0; i < kItems; ++i) queue.put(item(i));
      queue.close();
      queue.join_thread();
      return 0;
    });
    Child consumer([&] {
      for (int i = 0; i < kItems; ++i) *got += number_of(queue.get()) == i ? 1 : 0;
      return 0;
    });
    raise(SIGKILL);
    return 0;
  });
  EXPECT_EQ(creator.status(), -SIGKILL);
  // Until nothing has come for a long time.
  int seen = 0;
  for (auto last = Clock::now(); seen < kItems && Clock::now() < last + kSoon;) {
    std::this_thread::sleep_for(1ms);
    if (std::exchange(seen, *got) != seen) last = Clock::now();
  }
  EXPECT_EQ(seen, kItems);
}

}  // namespace
}  // namespace psq::test
