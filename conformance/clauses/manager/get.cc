// spec/manager.md, manager.get.*, manager.order.*, manager.item.* and manager.timeout.*
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

void waits_for_item(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor consumer = main.spawn("consumer", {q});
  for (const Wait& wait : {kForever, within(60s)}) {
    Call& waiting = consumer.start(get(q, wait));
    t.expect_waits(waiting, "for an item");
    t.expect_true(!t.ends_within(waiting, 400ms), "the get waits until something is put",
                  "it ended before");
    const Answer put_it = main.ok(put(q, t.item("main", 0)));
    const Answer done = t.finish(waiting);
    t.expect_payload(done, t.item("main", 0));
    t.expect_after(done, put_it);
  }
}

void empty_after_timeout(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor consumer = main.spawn("consumer", {q});
  for (const Nanoseconds timeout : {Nanoseconds{20ms}, Nanoseconds{200ms}}) {
    t.expect_prompt(timeout, [&] {
      const Answer answer = consumer.call(get(q, within(timeout)));
      t.expect(answer, Outcome::kEmpty, "nothing was put");
      t.expect_not_before(answer, timeout);
      return answer;
    });
  }
}

void empty_at_once(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor waiter = main.spawn("waiter", {q});
  const auto ends_at_once = [&] {
    for (const Wait& wait : {kNoWait, within(0ms), Wait{.block = false, .seconds = 5.0}}) {
      t.expect_prompt(0ms, [&] {
        const Answer answer = main.call(get(q, wait));
        t.expect(answer, Outcome::kEmpty, "nothing was put");
        return answer;
      });
    }
  };
  ends_at_once();
  t.expect_waits(waiter.start(get(q)), "for an item");
  ends_at_once();
}

void exactly_once(Scenario& t) {
  constexpr std::int64_t kItems = 200;
  constexpr int kConsumers = 3;
  const Actor main = t.root();
  const Object q = main.queue(10);
  std::vector<Call*> gets;
  for (int i = 0; i < kConsumers; ++i) {
    const Actor consumer = main.spawn("consumer" + std::to_string(i), {q});
    gets.push_back(&consumer.start(get_many(q, kItems)));
  }
  std::vector<Call*> puts{&main.start(put_many(t, q, "main", kItems))};
  for (const std::string name : {"left", "right"})
    puts.push_back(&main.spawn(name, {q}).start(put_many(t, q, name, kItems)));
  std::vector<Obtained> obtained;
  for (Call* each : gets) obtained.push_back(all_obtained(t, *each));
  for (Call* each : puts) {
    t.expect(t.finish(*each), Outcome::kOk);
    for (const Answer& answer : each->events) t.expect(answer, Outcome::kOk, "a slot comes free");
  }
  expect_exactly_once(t, {{"main", kItems}, {"left", kItems}, {"right", kItems}}, obtained);
  expect_producer_order(t, obtained);
  t.expect(main.call(get(q, within(50ms))), Outcome::kEmpty, "nothing but what was put");
}

// Each put returns before the next is invoked, each in another process: the gets have one order to
// follow.
void fifo_of_puts(Scenario& t) {
  constexpr std::int64_t kRounds = 40;
  const Actor main = t.root();
  const Object q = main.queue();
  const std::vector<Actor> producers{main, main.spawn("one", {q}), main.spawn("two", {q})};
  for (std::int64_t i = 0; i < kRounds; ++i) {
    for (const Actor& producer : producers) producer.ok(put(q, t.item(producer.name(), i)));
  }
  const Actor consumer = main.spawn("consumer", {q});
  for (std::int64_t i = 0; i < kRounds; ++i) {
    for (const Actor& producer : producers)
      t.expect_payload(consumer.call(get(q)), t.item(producer.name(), i));
  }
}

void fifo_of_gets(Scenario& t) {
  constexpr std::int64_t kItems = 60;
  const Actor main = t.root();
  const Object q = main.queue();
  const std::vector<Actor> consumers{main.spawn("one", {q}), main.spawn("two", {q})};
  for (std::int64_t i = 0; i < kItems; ++i) main.ok(put(q, t.item("main", i)));
  for (std::int64_t i = 0; i < kItems; ++i) {
    t.expect_payload(consumers[static_cast<std::size_t>(i) % 2].call(get(q)), t.item("main", i));
  }
}

void arrives_equal(Scenario& t) {
  t.needs_option("json");
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor producer = main.spawn("producer", {q});
  for (const std::string text :
       {"null", "true", "false", "0", "-1", "9007199254740993", "0.5", "-1e300", "\"\"", "\"text\"",
        "\"\\u0000 \\u00e9 \\u6f22 \\ud83d\\ude00\"", "[]", "{}", "[1,[2,[3,[]]],{\"a\":null}]",
        "{\"nested\":{\"list\":[true,1.25,\"x\"],\"empty\":{}}}"}) {
    producer.ok(put(q, Json{text}));
    t.expect_payload(main.call(get(q)), Json{text});
  }
  std::int64_t seq = 0;
  for (const std::int64_t size : boundary_sizes()) {
    const Item item = t.item("producer", seq++, size);
    producer.ok(put(q, item));
    t.expect_payload(main.call(get(q)), item);
  }
  t.expect(main.call(get(q, within(30ms))), Outcome::kEmpty, "as many items as were put");
}

// Both calls could not be done without waiting; each must end at once, one way or the other.
void negative_timeout(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue(1);
  const auto at_once = [&](const Request& request, Outcome attempt) {
    Answer last;
    t.expect_prompt(0ms, [&] {
      last = main.call(request);
      t.expect_one_of(last, {attempt, Outcome::kInvalidArgument}, "it does not wait");
      return last;
    });
    return last.outcome;
  };
  const Outcome got = at_once(get(q, within(-1s)), Outcome::kEmpty);
  main.ok(put(q, t.item("main", 0)));
  const Outcome placed = at_once(put(q, t.item("refused", 0), within(-1s)), Outcome::kFull);
  t.expect_payload(main.call(get(q)), t.item("main", 0));
  t.expect(main.call(get(q, within(50ms))), Outcome::kEmpty, "the refused item is never obtained");
  const auto word = [](Outcome outcome) {
    return std::string{outcome == Outcome::kInvalidArgument ? "refused" : "an attempt"};
  };
  t.observe("manager.timeout.negative", "get: " + word(got) + ", put: " + word(placed));
}

const Tests kTests{
    {{"manager.get.waits-for-item"}, waits_for_item},
    {{"manager.get.empty-after-timeout"}, empty_after_timeout},
    {{"manager.get.empty-at-once"}, empty_at_once},
    {{"manager.get.exactly-once"}, exactly_once},
    {{"manager.order.fifo"}, fifo_of_puts, "puts_of_several"},
    {{"manager.order.fifo"}, fifo_of_gets, "gets_of_several"},
    {{"manager.item.arrives-equal"}, arrives_equal},
    {{"manager.timeout.negative"}, negative_timeout},
};

}  // namespace
}  // namespace psq::conformance
