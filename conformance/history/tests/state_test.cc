// Bounds, empty, full, qsize, tasks, joins and timeouts: histories written by hand.
#include "history/tests/expect.h"
#include "history/tests/recording.h"

namespace psq::history {
namespace {

using enum ObjectKind;
using enum Operator;

TEST(Bound, OneTooMany) {
  Recording run{kQueue, 1};
  run.put("p", 0, 0, 10).put("p", 1, 20, 30);
  auto over = run;
  expect_violated(over.get("c", "p", 0, 31, 40).get("c", "p", 1, 41, 50), "queue.create.bound",
                  {"capacity"});
  // A get that began before the second put returned may have made room.
  auto in_time = run;
  expect_holds(in_time.get("c", "p", 0, 30, 40));
  auto pending = run;
  expect_holds(pending.call(kGet, "c", 25, kNever, Result::kPending));
  Recording third{kManagerQueue, 1};
  third.put("p", 0, 0, 10).put("p", 1, 20, 30).put("p", 2, 40, 50);
  third.call(kGet, "c", 25, kNever, Result::kPending);
  expect_violated(third, "manager.create.bound", {"capacity"});
}

TEST(Bound, FullTooEarly) {
  Recording run{kJoinableQueue, 2};
  run.put("p", 0, 0, 10).put("p", 1, 20, 30, Result::kFull).within(0);
  expect_violated(run, "joinable-queue.create.bound", {"full"});
  Recording raced{kJoinableQueue, 2};
  raced.put("p", 0, 0, 10).put("p", 1, 20, 30, Result::kFull).within(0).put("r", 0, 30, 40);
  expect_holds(raced);
  Recording unbounded{kQueue};
  unbounded.put("p", 0, 0, 10, Result::kFull).within(0);
  expect_violated(unbounded, "queue.create.unbounded", {"full"});
}

TEST(Bound, FullAfterASlotWasFreed) {
  Recording run{kQueue, 1};
  run.put("p", 0, 0, 10).get("c", "p", 0, 12, 19).put("p", 1, 20, 30, Result::kFull).within(0);
  expect_violated(run, "queue.create.bound", {"full"});
}

TEST(Answers, OnlyWhileQuiet) {
  Recording run{kQueue, 1};
  run.put("p", 0, 0, 10);
  auto full = run;
  expect_violated(full.asks(kFull, "c", 20, 30, false), "queue.full.at-bound", {"full"});
  auto size = run;
  expect_violated(size.qsize("c", 20, 30, 0), "queue.qsize.counts-slots", {"qsize"});
  auto busy = run;
  expect_holds(busy.qsize("c", 20, 30, 0).asks(kFull, "d", 25, 35, false));
  auto during = run;
  expect_holds(during.qsize("c", 5, 30, 0));
}

TEST(Answers, EmptyOfAQueue) {
  Recording run{kQueue};
  run.put("p", 0, 0, 10);
  auto delayed = run;  // not visible yet: nothing says that it is
  expect_holds(delayed.asks(kEmpty, "c", 20, 30, true));
  auto flushed = run;
  flushed.dies("p", Death::kExited, 15);
  auto asked = flushed;
  expect_violated(asked.asks(kEmpty, "c", 20, 30, true), "queue.empty.at-rest", {"empty"});
  auto got = flushed;
  expect_violated(got.call(kGet, "c", 20, 30, Result::kEmpty).within(5),
                  "queue.get.item-within-timeout", {"empty"});
  auto busy = flushed;  // while another consumer is inside get
  expect_holds(busy.call(kGet, "c", 20, 30, Result::kEmpty).within(5).get("d", "p", 0, 30, 40));
  auto joined = run;
  joined.call(kClose, "p", 11, 12).call(kJoinThread, "p", 13, 14);
  expect_violated(joined.call(kGet, "c", 20, 30, Result::kEmpty).within(0), "queue.exit.flushes",
                  {"empty"});
  Recording none{kQueue};
  none.put("p", 0, 0, 10).get("c", "p", 0, 20, 30).asks(kEmpty, "c", 40, 50, false);
  expect_violated(none, "queue.empty.at-rest", {"empty"});
}

TEST(Answers, EmptyOfAStrictQueue) {
  Recording simple{kSimpleQueue};
  simple.put("p", 0, 0, 10).asks(kEmpty, "c", 20, 30, true);
  expect_violated(simple, "simple-queue.put.visible-on-return", {"fifo"});
  Recording polled{kPipe};
  polled.put("p", 0, 0, 10).asks(kPoll, "c", 20, 30, false);
  expect_violated(polled, "pipe.poll.true-with-message", {"fifo"});
  Recording ended{kPipe};
  ended.put("p", 0, 0, 10).call(kGet, "c", 20, 30, Result::kEndOfStream);
  expect_violated(ended, "pipe.recv.pending-then-end-of-stream", {"fifo"});
  // One after the other, so that there is always one of them in it.
  Recording relay{kManagerQueue};
  relay.put("p", 0, 0, 10).put("p", 1, 20, 30).get("c", "p", 0, 31, 60).get("d", "p", 1, 70, 80);
  relay.call(kGet, "e", 15, 65, Result::kEmpty).within(0);
  expect_violated(relay, "manager.put.visible-on-return", {"fifo"});
}

TEST(Tasks, Refused) {
  Recording run{kJoinableQueue};
  run.put("p", 0, 0, 10).get("c", "p", 0, 11, 20);
  auto wrong = run;
  expect_violated(wrong.call(kTaskDone, "c", 21, 30, Result::kTaskDoneTooOften),
                  "joinable-queue.task-done.at-once-after-get", {"tasks"});
  auto right = run;
  expect_holds(
      right.call(kTaskDone, "c", 21, 30).call(kTaskDone, "c", 31, 40, Result::kTaskDoneTooOften));
  auto many = run;
  expect_violated(many.call(kTaskDone, "c", 21, 30).call(kTaskDone, "d", 21, 40),
                  "joinable-queue.task-done.too-often", {"tasks"});
  // What was obtained was counted, though its put has not returned.
  Recording pending{kJoinableQueue};
  pending.put("p", 0, 0, kNever, Result::kPending).get("c", "p", 0, 11, 20);
  expect_violated(pending.call(kTaskDone, "c", 21, 30, Result::kTaskDoneTooOften),
                  "joinable-queue.task-done.at-once-after-get", {"tasks"});
  expect_holds(Recording{kJoinableQueue, 0, 1}.call(kTaskDone, "c", 0, 1));
}

// What a killed producer had put and no call obtained may have been lost in its buffer, task and
// all.
TEST(Tasks, MayDieWithTheirProducer) {
  Recording run{kJoinableQueue};
  run.put("p", 0, 0, 10).call(kJoin, "c", 15, 30);
  expect_violated(run, "joinable-queue.join.waits-for-tasks", {"join"});
  auto dead = run;
  expect_holds(dead.dies("p", Death::kKilled, 12));
  auto obtained = run;
  obtained.get("c", "p", 0, 11, 14).dies("p", Death::kKilled, 12);
  expect_violated(obtained, "joinable-queue.join.waits-for-tasks", {"join"});
  auto refused = Recording{kJoinableQueue}.put("p", 0, 0, 10).dies("p", Death::kKilled, 12);
  expect_holds(refused.call(kTaskDone, "c", 20, 30, Result::kTaskDoneTooOften));
}

TEST(Tasks, JoinTooEarly) {
  Recording run{kJoinableQueue};
  run.put("p", 0, 0, 10).get("c", "p", 0, 11, 20).call(kJoin, "p", 15, 30);
  auto early = run;
  expect_violated(early.call(kTaskDone, "c", 31, 40), "joinable-queue.join.waits-for-tasks",
                  {"join"});
  auto right = run;
  expect_holds(right.call(kTaskDone, "c", 30, 40));
  Recording managed{kManagerQueue};
  managed.put("p", 0, 0, 10).call(kJoin, "p", 15, 30);
  expect_violated(managed, "manager.join.waits-for-tasks", {"join"});
}

TEST(Timeouts, NeverEarly) {
  const auto empty = [](ObjectKind kind, Time timeout, Time took) {
    return Recording{kind}.call(kGet, "c", 0, took, Result::kEmpty).within(timeout);
  };
  expect_violated(empty(kQueue, 100, 99), "queue.get.empty-after-timeout", {"timeouts"});
  expect_violated(empty(kManagerQueue, 100, 99), "manager.get.empty-after-timeout", {"timeouts"});
  expect_violated(empty(kJoinableQueue, kForever, 99), "joinable-queue.get.waits-for-item",
                  {"timeouts"});
  expect_holds(empty(kQueue, 100, 100));
  expect_holds(empty(kQueue, 0, 0));
  Recording full{kQueue, 1};
  full.put("p", 0, 0, 10).put("p", 1, 20, 119, Result::kFull).within(100);
  expect_violated(full, "queue.put.full-after-timeout", {"timeouts"});
  Recording polled{kPipe};
  polled.asks(kPoll, "c", 0, 99, false).within(100);
  expect_violated(polled, "pipe.poll.false-after-timeout", {"timeouts"});
}

TEST(Strict, DoubtfulGetsAreUnknownOnlyWhereTheyMatter) {
  Recording run{kSimpleQueue};
  run.put("p", 0, 0, 10).put("p", 1, 20, 30).call(kGet, "c", 5, 35, Result::kCorrupted);
  EXPECT_EQ(check_fifo(run, 0).judgment, Judgment::kHolds);
  run.get("d", "p", 1, 40, 50);
  const auto finding = check_fifo(run, 0);
  EXPECT_EQ(finding.judgment, Judgment::kUnknown);
  EXPECT_NE(finding.why.find("corrupted"), std::string::npos) << finding.why;
}

TEST(All, NothingSeenIsUnknown) {
  EXPECT_EQ(worst(check_all(Recording{kQueue})), Judgment::kUnknown);
  EXPECT_EQ(worst({}), Judgment::kUnknown);
}

}  // namespace
}  // namespace psq::history
