// Invented, duplicated, lost, out of order: histories written by hand.
#include "history/tests/expect.h"
#include "history/tests/recording.h"

namespace psq::history {
namespace {

using enum ObjectKind;
using enum Operator;

Recording two_items(ObjectKind kind) {
  Recording run{kind};
  run.put("p", 0, 0, 10).put("p", 1, 20, 30);
  return run;
}

TEST(Items, GoodOnesHold) {
  for (const auto kind : {kQueue, kJoinableQueue, kSimpleQueue, kPipe, kManagerQueue}) {
    expect_holds(two_items(kind).get("c", "p", 0, 5, 40).get("d", "p", 1, 5, 40).complete());
    expect_holds(two_items(kind).get("c", "p", 0, 40, 50));  // the other is still in it
  }
}

TEST(Items, Invented) {
  auto run = two_items(kQueue).get("c", "p", 7, 40, 50);
  expect_violated(run, "queue.get.exactly-once", {"nothing-invented"});
  expect_violated(two_items(kSimpleQueue).get("c", "p", 7, 40, 50), "simple-queue.get.exactly-once",
                  {"nothing-invented", "fifo"});
  run = two_items(kJoinableQueue).get("c", "p", 0, 40, 50);
  run.last().value = -1;
  expect_violated(run, "joinable-queue.get.exactly-once", {"nothing-invented"});
}

TEST(Items, FromTheFuture) {
  expect_violated(Recording{kQueue}.put("p", 0, 20, 30).get("c", "p", 0, 5, 19),
                  "queue.get.exactly-once", {"nothing-invented"});
  expect_holds(Recording{kQueue}.put("p", 0, 20, 30).get("c", "p", 0, 5, 20));
}

TEST(Items, FullButObtained) {
  auto run = Recording{kQueue, 1}.put("p", 0, 0, 10).put("p", 1, 20, 30, Result::kFull).within(0);
  expect_holds(run);
  expect_violated(run.get("c", "p", 0, 40, 50).get("c", "p", 1, 60, 70),
                  "queue.put.full-leaves-no-trace", {"nothing-invented"});
}

TEST(Items, NotWhole) {
  auto run = two_items(kPipe).get("c", "p", 0, 40, 50);
  run.last().intact = false;
  expect_violated(run, "pipe.item.sizes-intact", {"nothing-invented"});
}

TEST(Items, Twice) {
  expect_violated(two_items(kQueue).get("c", "p", 0, 40, 50).get("d", "p", 0, 40, 50),
                  "queue.get.exactly-once", {"nothing-duplicated"});
  expect_violated(two_items(kPipe).get("c", "p", 0, 40, 50).get("d", "p", 0, 40, 50),
                  "pipe.order.messages", {"nothing-duplicated", "fifo"});
}

TEST(Items, PutTwiceCannotBeJudged) {
  const auto run = two_items(kQueue).put("p", 0, 40, 50);
  EXPECT_EQ(check_nothing_lost(run).judgment, Judgment::kUnknown);
  EXPECT_EQ(check_fifo(run, 0).judgment, Judgment::kUnknown);
  EXPECT_EQ(worst(check_all(run)), Judgment::kUnknown);
}

TEST(Items, LostAtTheEnd) {
  auto run = two_items(kQueue).get("c", "p", 0, 40, 50);
  expect_holds(run);
  expect_violated(run.complete(), "queue.get.exactly-once", {"nothing-lost"});
}

TEST(Items, LostInTheMiddle) {
  auto run = two_items(kQueue).get("c", "p", 1, 40, 50);
  expect_violated(run, "queue.get.exactly-once", {"nothing-lost"});
  // A consumer that was killed in a get may have taken it, if it began in time.
  auto excused = run;
  expect_holds(excused.call(kGet, "k", 5, kNever, Result::kPending));
  auto late = run;
  expect_violated(late.call(kGet, "k", 51, kNever, Result::kPending), "queue.get.exactly-once",
                  {"nothing-lost"});
}

TEST(Items, KilledProducerLosesASuffixOnly) {
  auto run = two_items(kQueue).dies("p", Death::kKilled, 35).complete();
  auto suffix = run;
  expect_holds(suffix.get("c", "p", 0, 40, 50));
  expect_violated(run.get("c", "p", 1, 40, 50), "failure.kill.what-arrives-is-whole",
                  {"nothing-lost"});
}

TEST(Items, SimpleQueueKeepsWhatAKilledProducerPut) {
  auto run = two_items(kSimpleQueue).dies("p", Death::kKilled, 35).complete();
  expect_violated(run.get("c", "p", 0, 40, 50), "simple-queue.put.survives-producer",
                  {"nothing-lost"});
}

TEST(Items, CancelJoinThreadMayLoseSome) {
  auto run = two_items(kQueue).call(kCancelJoinThread, "p", 31, 32).complete();
  expect_holds(run.get("c", "p", 1, 40, 50));
}

TEST(Items, OrderOfOneThread) {
  expect_violated(two_items(kQueue).get("c", "p", 1, 40, 50).get("c", "p", 0, 60, 70),
                  "queue.order.per-producer", {"producer-order"});
  expect_violated(two_items(kJoinableQueue).get("c", "p", 1, 40, 50).get("d", "p", 0, 60, 70),
                  "joinable-queue.order.per-producer", {"producer-order"});
  // Gets that overlap may have been in either order.
  expect_holds(two_items(kQueue).get("c", "p", 1, 40, 50).get("d", "p", 0, 50, 70));
}

TEST(Items, OrderOfOneProcess) {
  Recording run{kQueue};
  run.put("p.a", 0, 0, 10).put("p.b", 1, 20, 30);
  expect_violated(run.get("c", "p", 1, 40, 50).get("c", "p", 0, 60, 70),
                  "queue.order.threads-of-one-producer", {"producer-order"});
}

TEST(Items, NoOrderBetweenProcesses) {
  Recording run{kQueue};
  run.put("p", 0, 0, 10).put("r", 0, 20, 30).get("c", "r", 0, 40, 50).get("c", "p", 0, 60, 70);
  expect_holds(run);
  Recording strict{kManagerQueue};
  strict.put("p", 0, 0, 10).put("r", 0, 20, 30).get("c", "r", 0, 40, 50).get("c", "p", 0, 60, 70);
  expect_violated(strict, "manager.order.fifo", {"fifo"});
}

}  // namespace
}  // namespace psq::history
