// spec/queue.md: what becomes of buffered items at a fork, a drop and several kinds of end
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

// A consumer that is not the creator's child, so that the creator's end does not wait for it.
Actor orphan(Scenario& t, const Object& q) {
  const Actor between = t.root().spawn("between", {q});
  Actor consumer = between.spawn("consumer", {q});
  between.ok(end_by("exit_now"));
  t.expect_end(between);
  return consumer;
}

void creator_flushes(Scenario& t, const Request& end) {
  constexpr std::int64_t kItems = 6;
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor consumer = orphan(t, q);
  main.ok(put_many(t, q, "main", kItems, kMegabyte));
  main.ok(end);
  t.expect_payload(consumer.call(get(q)), t.item("main", 0, kMegabyte));
  t.expect_true(!t.session().peer("root").dead, "the creator waits for its items to be taken",
                "it is gone");
  const Obtained obtained = all_obtained(t, consumer.start(get_many(q, kItems - 1)));
  expect_producer_order(t, {obtained});
  t.expect_end(main);
}
void creator_flushes_at_return(Scenario& t) { creator_flushes(t, end_by("return")); }
void creator_flushes_at_exit(Scenario& t) { creator_flushes(t, end_by("exit", 3)); }

void daemon_flushes(Scenario& t) {
  constexpr std::int64_t kItems = 6;
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor producer = main.spawn("producer", {q}, true);
  producer.ok(put_many(t, q, "producer", kItems, kMegabyte));
  producer.ok(end_by("return"));
  const Obtained obtained = all_obtained(t, main.start(get_many(q, kItems)));
  expect_exactly_once(t, {{"producer", kItems}}, {obtained});
  t.expect_end(producer);
}

// The end comes directly behind the drop: what was put must still be flushed by it.
void drop_flushes(Scenario& t) {
  constexpr std::int64_t kItems = 6;
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor producer = main.spawn("producer", {q});
  producer.ok(put_many(t, q, "producer", kItems, kMegabyte));
  Call& dropping = producer.start(drop(q));
  Call& ending = producer.start(end_by("return"));
  const Obtained obtained = all_obtained(t, main.start(get_many(q, kItems)));
  t.expect(t.finish(dropping), Outcome::kOk);
  t.expect(t.finish(ending), Outcome::kOk);
  expect_exactly_once(t, {{"producer", kItems}}, {obtained});
  expect_producer_order(t, {obtained});
  t.expect_end(producer);
}

// The first item is larger than transports: the others are in the parent's buffer at the fork.
void buffered_once(Scenario& t) {
  constexpr std::int64_t kItems = 6;
  constexpr std::int64_t kSmall = 50;
  const Actor main = t.root();
  const Object q = main.queue();
  main.ok(put(q, t.item("large", 0, kItems * kMegabyte)));
  t.eventually_boolean(main, empty(q), false);
  main.ok(put_many(t, q, "small", kSmall));
  const Actor child = main.spawn("child", {q});
  const Actor consumer = main.spawn("consumer", {q});
  child.ok(put(q, t.item("child", 0)));
  const Obtained obtained = all_obtained(t, consumer.start(get_many(q, kSmall + 2)));
  expect_exactly_once(t, {{"large", 1}, {"small", kSmall}, {"child", 1}}, {obtained});
  expect_producer_order(t, {obtained});
  child.ok(end_by("return"));
  t.expect_end(child);
  t.expect(consumer.call(get(q, within(30ms))), Outcome::kEmpty,
           "nothing that the parent had buffered comes from the child");
}

// At another point of its flush in each round.
void immediate_exit(Scenario& t) {
  constexpr std::int64_t kItems = 300;
  for (const std::size_t at : {std::size_t{20}, std::size_t{60}, std::size_t{150}}) {
    t.restart();
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor producer = main.spawn("producer", {q});
    Call& gets = main.start(get_many(q, kItems));
    producer.ok(put_many(t, q, "producer", kItems, 1000));
    const auto reached = [&] { return gets.events.size() >= at || gets.answer.has_value(); };
    t.expect_true(t.session().wait_until(reached, t.hang_bound()),
                  "items arrive while their producer lives",
                  std::to_string(gets.events.size()) + " items");
    producer.ok(end_by("exit_now"));
    t.expect_end(producer);
    std::size_t so_far = 0;
    do {
      so_far = gets.events.size();
    } while (t.session().wait_until([&] { return gets.events.size() > so_far; }, 50ms));
    expect_prefix(t, "producer", obtained_so_far(t, gets).answers);
  }
}

const Tests kTests{
    {{"queue.exit.creator-flushes"}, creator_flushes_at_return, "return"},
    {{"queue.exit.creator-flushes"}, creator_flushes_at_exit, "exit"},
    {{"queue.exit.flushes"}, daemon_flushes, "daemon"},
    {{"queue.drop.flushes"}, drop_flushes},
    {{"queue.fork.buffered-once"}, buffered_once},
    {{"queue.exit.immediate-loses-a-suffix"}, immediate_exit},
};

}  // namespace
}  // namespace psq::conformance
