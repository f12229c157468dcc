// spec/broker.md, broker.receive.*
#include <map>
#include <vector>

#include "clauses/broker/deliveries.h"
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

Request publish_many(const Scenario& t, const Object& q, const std::string& from,
                     std::int64_t count) {
  return run({publish(q, t.item(from, 0)).repeated(count)});
}

Request receive_and_ack_many(const Object& q, std::int64_t count) {
  std::vector<Request> list;
  for (std::int64_t i = 0; i < count; ++i) {
    list.push_back(receive(q, "d"));
    list.push_back(ack(q, "d"));
  }
  return run(std::move(list)).stopping_on_error();
}

// Of a list of receives and acks in turn, the answers of the receives. It ends with what failed.
Obtained received(Scenario& t, Call& list) {
  t.need(t.finish(list));
  Obtained found{.by = list.process, .answers = {}};
  for (std::size_t i = 0; i < list.events.size(); ++i) {
    const Answer& answer = list.events[i];
    if (i % 2 == 1) {
      t.expect(answer, Outcome::kOk, "the delivery is held until it is acknowledged");
      continue;
    }
    (void)item_of(t, answer);
    found.answers.push_back(answer);
  }
  return found;
}

// Each consumer takes a turn; it gives back what comes for the first time and has a number that is
// a multiple of three, and acknowledges all else. Returns how often each item was acknowledged.
std::map<std::string, int> settle_all(Scenario& t, const std::vector<Actor>& consumers,
                                      const Object& q, std::size_t items) {
  std::map<std::string, int> acknowledged;
  for (std::size_t turn = 0; acknowledged.size() < items; ++turn) {
    t.expect_true(turn < 4 * items, "counts that grow", "items that come for the first time again");
    const Actor& consumer = consumers[turn % consumers.size()];
    // A producer of a busy machine may need a while.
    Call& receiving = consumer.start(receive(q, "d", within(kLong)));
    t.expect_true(t.ends_within_fairly(receiving, 3s + t.lateness()),
                  "a delivery: " + std::to_string(acknowledged.size()) + " of " +
                      std::to_string(items) + " items are acknowledged",
                  "none comes");
    const Answer answer = t.finish(receiving);
    const Item& item = item_of(t, answer);
    const bool back = answer.value.number == 1 && item.seq % 3 == 0;
    consumer.ok(back ? nack(q, "d") : ack(q, "d"));
    if (!back) ++acknowledged[to_string(Payload{item})];
  }
  return acknowledged;
}

const Tests kReceiveTests{[](const Define& test) {
  test("broker.receive.waits-for-item", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = broker_queue(t, main);
    const Actor consumer = main.spawn("consumer", {q});
    for (std::int64_t i = 0; i < 2; ++i) {
      Call& waiting = consumer.start(receive(q, "d", i == 0 ? kForever : within(kLong)));
      t.expect_waits_on(waiting, 400ms, "for an item");
      const Answer published = main.call(publish(q, t.item("main", i)));
      const Answer answer = t.finish(waiting);
      t.expect_payload(answer, t.item("main", i));
      t.expect_after(answer, published);
      consumer.ok(ack(q, "d"));
    }
  });

  test("broker.receive.empty-after-timeout", [](Scenario& t) {
    const Object q = broker_queue(t, t.root());
    const Actor consumer = t.root().spawn("consumer", {q});
    for (const Nanoseconds timeout : {Nanoseconds{20ms}, t.patient(kTimed)}) {
      t.expect_prompt(timeout, [&] {
        const Answer answer = consumer.call(receive(q, "d", within(timeout)));
        t.expect(answer, Outcome::kEmpty, "nothing was published");
        t.expect_not_before(answer, timeout);
        return answer;
      });
    }
  });

  test("broker.receive.empty-at-once", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = broker_queue(t, main);
    for (const Wait& wait : {kNoWait, within(0ms)}) {
      t.expect_prompt(0ms, [&] {
        const Answer answer = main.call(receive(q, "d", wait));
        t.expect(answer, Outcome::kEmpty, "nothing was published");
        return answer;
      });
    }
  });

  test("broker.receive.held-once", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = broker_queue(t, main);
    const Actor one = main.spawn("one", {q});
    const Actor two = main.spawn("two", {q});
    publish_items(t, main, q, 2);
    (void)expect_delivery(t, one, q, t.item("main", 0), "first");
    (void)expect_delivery(t, two, q, t.item("main", 1), "second");
    for (const Actor& each : {main, one, two}) expect_none(t, each, q, "both items are held");
    one.ok(ack(q, "first"));
    two.ok(ack(q, "second"));
  });

  test("broker.receive.held-once/side-by-side", [](Scenario& t) {
    constexpr std::int64_t kEach = 40;
    const Actor main = t.root();
    const Object q = broker_queue(t, main);
    std::vector<Call*> lists;
    for (const char* name : {"one", "two", "three"})
      lists.push_back(&main.spawn(name, {q}).start(receive_and_ack_many(q, kEach)));
    main.ok(publish_many(t, q, "main", 3 * kEach));
    std::vector<Obtained> obtained;
    for (Call* list : lists) obtained.push_back(received(t, *list));
    expect_exactly_once(t, {{"main", 3 * kEach}}, obtained);
  });

  test("broker.receive.at-least-once", [](Scenario& t) {
    constexpr std::int64_t kEach = 30;
    const Actor main = t.root();
    const Object q = broker_queue(t, main);
    std::vector<Actor> actors;
    for (const char* name : {"one", "two", "three"}) actors.push_back(main.spawn(name, {q}));
    std::vector<Call*> lists;
    for (const Actor& each : actors)
      lists.push_back(&each.start(publish_many(t, q, each.name(), kEach).by("producer")));
    for (const auto& [item, times] : settle_all(t, actors, q, 3 * kEach))
      t.expect_true(times == 1, item + " is acknowledged once", std::to_string(times) + " times");
    for (Call* list : lists) t.need(t.finish(*list));
    expect_none(t, main, q, "every item is acknowledged");
  });

  test("broker.receive.order", [](Scenario& t) {
    constexpr std::int64_t kItems = 60;
    const Actor main = t.root();
    const Object q = broker_queue(t, main);
    const Actor producer = main.spawn("producer", {q});
    producer.ok(publish_many(t, q, "producer", kItems));
    expect_prefix(t, "producer", received(t, main.start(receive_and_ack_many(q, kItems))).answers);
  });

  test("broker.receive.count", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = broker_queue(t, main);
    const std::vector<Actor> actors{main, main.spawn("other", {q})};
    main.ok(publish(q, t.item("main", 0)));
    std::int64_t before = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const Answer answer = expect_delivery(t, actors[i % 2], q, t.item("main", 0));
      if (i == 0) t.expect_number(answer, 1, "the first delivery");
      t.expect_true(answer.value.number.value_or(0) > before, "a larger count than before",
                    std::to_string(answer.value.number.value_or(0)), answer);
      before = answer.value.number.value_or(0);
      actors[i % 2].ok(nack(q, "d"));
    }
  });
}};

}  // namespace
}  // namespace psq::conformance
