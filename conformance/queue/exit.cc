// spec/queue.md, queue.join-thread.*, queue.exit.* and queue.cancel-join-thread.*
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

constexpr std::int64_t kItems = 200;
constexpr std::int64_t kItemSize = 10'000;
constexpr std::int64_t kMegabyte = 1 << 20;

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
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor producer = main.spawn("producer", {q});
  producer.ok(put_many(t, q, "producer", kItems, kItemSize));
  producer.ok(end);
  Call& gets = main.start(get_many(q, kItems));
  const Obtained obtained = all_obtained(t, gets);
  t.expect_end(producer);
  expect_exactly_once(t, {{"producer", kItems}}, {obtained});
  expect_producer_order(t, {obtained});
}

void flushes_at_return(Scenario& t) {
  flushes_at(t, end_by("return"));
}
void flushes_at_exit(Scenario& t) {
  flushes_at(t, end_by("exit", 3));
}
void flushes_at_error(Scenario& t) {
  flushes_at(t, end_by("raise"));
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
    {{"queue.join-thread.before-close"}, before_close},
    {{"queue.exit.flushes"}, flushes_at_return, "return"},
    {{"queue.exit.flushes"}, flushes_at_exit, "exit"},
    {{"queue.exit.flushes"}, flushes_at_error, "error"},
    {{"queue.exit.large-flush"}, large_flush},
    {{"queue.cancel-join-thread.exit-does-not-wait"}, exit_does_not_wait},
};

}  // namespace
}  // namespace psq::conformance
