// spec/queue.md, queue.join-thread.*, queue.exit.* and queue.cancel-join-thread.*
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

void waits_for_flush(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor producer = main.spawn("producer", {q});
  producer.ok(put_many(t, q, "producer", 6, kMegabyte));
  producer.ok(close(q));
  Call& joining = producer.start(join_thread(q));
  t.expect_waits(joining, "for the flush of what nobody takes");
  Call& gets = main.start(get_many(q, 6));
  const Answer joined = t.finish(joining);
  t.expect(joined, Outcome::kOk, "all is flushed");
  t.kill(producer);
  const Obtained obtained = all_obtained(t, gets);
  expect_exactly_once(t, {{"producer", 6}}, {obtained});
  expect_producer_order(t, {obtained});
}

void waits_in_two_threads(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor producer = main.spawn("producer", {q});
  producer.ok(put_many(t, q, "producer", 6, kMegabyte));
  producer.ok(close(q));
  Call& one = producer.start(join_thread(q).by("one"));
  Call& two = producer.start(join_thread(q).by("two"));
  const bool none_waits = t.ends_within(one, 50ms) && t.ends_within(two, 50ms);
  t.expect_true(!none_waits, "one of two waits for the flush of what nobody takes", "none does");
  const bool both_wait = !one.answer && !two.answer;
  t.observe("queue.join-thread.second-thread", both_wait ? "waits too" : "returns at once");
  expect_exactly_once(t, {{"producer", 6}}, {all_obtained(t, main.start(get_many(q, 6)))});
  t.expect(t.finish(one), Outcome::kOk, "all is flushed");
  t.expect(t.finish(two), Outcome::kOk, "all is flushed");
}

void before_close(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue();
  t.expect(main.call(join_thread(q)), Outcome::kNotStarted, "close comes first");
  main.ok(put(q, t.item("main", 0)));
  t.expect(main.call(join_thread(q)), Outcome::kNotStarted, "close comes first");
  t.expect_payload(main.call(get(q)), t.item("main", 0));
}

// More than transports hold, so that the end comes while most of it is still to be flushed.
void flushes_at(Scenario& t, const Request& end) {
  constexpr std::int64_t kItems = 200;
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor producer = main.spawn("producer", {q});
  producer.ok(put_many(t, q, "producer", kItems, 10'000));
  producer.ok(end);
  Call& gets = main.start(get_many(q, kItems));
  const Obtained obtained = all_obtained(t, gets);
  t.expect_end(producer);
  expect_exactly_once(t, {{"producer", kItems}}, {obtained});
  expect_producer_order(t, {obtained});
}

void flushes_at_return(Scenario& t) { flushes_at(t, end_by("return")); }
void flushes_at_exit(Scenario& t) { flushes_at(t, end_by("exit", 3)); }
void flushes_at_error(Scenario& t) { flushes_at(t, end_by("raise")); }

// Each of them with more than transports hold.
void flushes_all_queues(Scenario& t) {
  const Actor main = t.root();
  const std::vector<Object> queues{main.queue(0, "a"), main.queue(0, "b"), main.queue(0, "c")};
  const Actor producer = main.spawn("producer", queues);
  for (const Object& q : queues) producer.ok(put_many(t, q, "producer", 4, kMegabyte));
  producer.ok(end_by("return"));
  for (const Object& q : queues) {
    expect_exactly_once(t, {{"producer", 4}}, {all_obtained(t, main.start(get_many(q, 4)))});
  }
  t.expect_end(producer);
}

void large_flush(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor producer = main.spawn("producer", {q});
  producer.ok(put_many(t, q, "producer", 6, kMegabyte));
  producer.ok(end_by("exit", 7));
  Call& joining = main.start(join_process("producer").by("parent"));
  t.expect_waits(joining, "for the child, which waits for its items to be taken");
  const Obtained obtained = all_obtained(t, main.start(get_many(q, 6)));
  t.expect_boolean(t.finish(joining), true, "all is taken, the child can end");
  t.expect_number(main.call(exit_code("producer")), 7, "its own exit status");
  expect_exactly_once(t, {{"producer", 6}}, {obtained});
  expect_producer_order(t, {obtained});
}

void exit_does_not_wait(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor producer = main.spawn("producer", {q});
  producer.ok(put_many(t, q, "producer", 6, kMegabyte));
  producer.ok(cancel_join_thread(q));
  producer.ok(end_by("return"));
  t.expect_end(producer);
  t.expect_boolean(main.call(join_process("producer")), true, "it has ended");
  t.expect_number(main.call(exit_code("producer")), 0, "it ended normally");
}

const Tests kTests{
    {{"queue.join-thread.waits-for-flush"}, waits_for_flush},
    {{"queue.join-thread.second-thread"}, waits_in_two_threads},
    {{"queue.join-thread.before-close"}, before_close},
    {{"queue.exit.flushes"}, flushes_at_return, "return"},
    {{"queue.exit.flushes"}, flushes_at_exit, "exit"},
    {{"queue.exit.flushes"}, flushes_at_error, "error"},
    {{"queue.exit.flushes"}, flushes_all_queues, "all_queues"},
    {{"queue.exit.large-flush"}, large_flush},
    {{"queue.cancel-join-thread.exit-does-not-wait"}, exit_does_not_wait},
};

}  // namespace
}  // namespace psq::conformance
