// spec/simple-queue.md
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

// Longer than a call waits that only pretends to wait for ever.
constexpr auto kWhile = 250ms;

void visible_on_return(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.simple_queue();
  const Actor consumer = main.spawn("consumer", {q});
  for (std::int64_t i = 0; i < 50; ++i) {
    main.ok(put(q, t.item("main", i)));
    t.expect_boolean(consumer.call(empty(q)), false, "the put has returned");
    t.expect_payload(consumer.call(get(q)), t.item("main", i));
  }
}

void waits_for_item(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.simple_queue();
  const Actor consumer = main.spawn("consumer", {q});
  Call& waiting = consumer.start(get(q));
  t.expect_waits(waiting, "for an item");
  t.expect_true(!t.ends_within(waiting, kWhile), "the get waits as long as it takes", "it ended");
  const Answer put_it = main.ok(put(q, t.item("main", 0)));
  const Answer done = t.finish(waiting);
  t.expect_payload(done, t.item("main", 0));
  t.expect_after(done, put_it);
}

// Each put returns before the next is invoked, each in another process: the gets have one order to
// follow.
void fifo_of_puts(Scenario& t) {
  constexpr std::int64_t kRounds = 40;
  const Actor main = t.root();
  const Object q = main.simple_queue();
  const std::vector<Actor> producers{main, main.spawn("one", {q}), main.spawn("two", {q})};
  for (std::int64_t i = 0; i < kRounds; ++i) {
    for (const Actor& producer : producers) producer.ok(put(q, t.item(producer.name(), i)));
  }
  const Actor consumer = main.spawn("consumer", {q});
  for (std::int64_t i = 0; i < kRounds; ++i) {
    for (const Actor& producer : producers) {
      t.expect_payload(consumer.call(get(q)), t.item(producer.name(), i));
    }
  }
}

void fifo_of_gets(Scenario& t) {
  constexpr std::int64_t kItems = 60;
  const Actor main = t.root();
  const Object q = main.simple_queue();
  const std::vector<Actor> consumers{main.spawn("one", {q}), main.spawn("two", {q})};
  for (std::int64_t i = 0; i < kItems; ++i) main.ok(put(q, t.item("main", i)));
  for (std::int64_t i = 0; i < kItems; ++i) {
    t.expect_payload(consumers[static_cast<std::size_t>(i) % 2].call(get(q)), t.item("main", i));
  }
}

void empty_exact(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.simple_queue();
  const Actor other = main.spawn("other", {q});
  const auto both_say = [&](bool is_empty) {
    t.expect_boolean(main.call(empty(q)), is_empty, "what was put and not obtained");
    t.expect_boolean(other.call(empty(q)), is_empty,
                     "what was put and not obtained, in every process");
  };
  both_say(true);
  main.ok(put(q, t.item("main", 0)));
  both_say(false);
  other.ok(put(q, t.item("other", 0)));
  both_say(false);
  main.ok(get(q));
  both_say(false);
  main.ok(get(q));
  both_say(true);
}

void survives_producer(Scenario& t) {
  constexpr std::int64_t kItems = 50;
  const Actor main = t.root();
  const Object q = main.simple_queue();
  const Actor producer = main.spawn("producer", {q});
  for (std::int64_t i = 0; i < kItems; ++i) producer.ok(put(q, t.item("producer", i)));
  t.kill(producer);
  const Obtained obtained = all_obtained(t, main.start(get_many(q, kItems)));
  expect_exactly_once(t, {{"producer", kItems}}, {obtained});
  expect_prefix(t, "producer", obtained.answers);
}

void operations_closed(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.simple_queue();
  main.ok(put(q, t.item("main", 0)));
  main.ok(close(q));
  for (const Request& request : {put(q, t.item("main", 1)), get(q), empty(q)}) {
    t.expect_prompt(0ms, [&] {
      const Answer answer = main.call(request);
      t.expect(answer, Outcome::kClosed, "this process closed it");
      return answer;
    });
  }
}

void close_local(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.simple_queue();
  const Actor one = main.spawn("one", {q});
  const Actor two = main.spawn("two", {q});
  main.ok(close(q));
  for (std::int64_t i = 0; i < 3; ++i) {
    one.ok(put(q, t.item("one", i)));
    t.expect_payload(two.call(get(q)), t.item("one", i));
  }
  one.ok(close(q));
  two.ok(put(q, t.item("two", 0)));
  t.expect_payload(two.call(get(q)), t.item("two", 0));
}

void sizes_intact(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.simple_queue();
  const Actor producer = main.spawn("producer", {q});
  std::int64_t seq = 0;
  for (const std::int64_t size : boundary_sizes()) {
    const Item item = t.item("producer", seq++, size);
    Call& putting = producer.start(put(q, item));
    t.expect_payload(main.call(get(q)), item);
    t.expect(t.finish(putting), Outcome::kOk, "a consumer took it");
  }
}

void exactly_once(Scenario& t) {
  constexpr std::int64_t kItems = 300;
  constexpr int kConsumers = 3;
  const Actor main = t.root();
  const Object q = main.simple_queue();
  std::vector<Call*> gets;
  for (int i = 0; i < kConsumers; ++i) {
    const Actor consumer = main.spawn("consumer" + std::to_string(i), {q});
    gets.push_back(&consumer.start(get_many(q, 2 * kItems / kConsumers)));
  }
  const Actor producer = main.spawn("producer", {q});
  Call& left = producer.start(put_many(t, q, "left", kItems).by("left"));
  Call& right = main.start(put_many(t, q, "right", kItems));
  std::vector<Obtained> obtained;
  for (Call* each : gets) obtained.push_back(all_obtained(t, *each));
  t.expect(t.finish(left), Outcome::kOk);
  t.expect(t.finish(right), Outcome::kOk);
  expect_exactly_once(t, {{"left", kItems}, {"right", kItems}}, obtained);
  expect_producer_order(t, obtained);
  t.expect_boolean(main.call(empty(q)), true, "nothing but what was put is there");
}

const Tests kTests{
    {{"simple-queue.put.visible-on-return"}, visible_on_return},
    {{"simple-queue.get.waits-for-item"}, waits_for_item},
    {{"simple-queue.order.fifo"}, fifo_of_puts, "puts_of_several"},
    {{"simple-queue.order.fifo"}, fifo_of_gets, "gets_of_several"},
    {{"simple-queue.empty.exact"}, empty_exact},
    {{"simple-queue.put.survives-producer"}, survives_producer},
    {{"simple-queue.close.operations-closed"}, operations_closed},
    {{"simple-queue.close.local"}, close_local},
    {{"simple-queue.item.sizes-intact"}, sizes_intact},
    {{"simple-queue.get.exactly-once"}, exactly_once},
};

}  // namespace
}  // namespace psq::conformance
