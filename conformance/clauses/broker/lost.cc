// spec/broker.md, broker.lost.*
#include <map>
#include <vector>

#include "clauses/broker/deliveries.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

// The delivery of that item. What was settled just before the server was killed may come again
// first: whether it does is the matter of broker.server.kill-keeps.
void expect_delivery_behind_settled(Scenario& t, const Actor& consumer, const Object& q,
                                    const Item& item, std::int64_t settled) {
  for (std::int64_t again = 0;; ++again) {
    const Answer answer = consumer.call(receive(q, "d", within(kLong)));
    if (again == settled || item_of(t, answer).from == item.from)
      return t.expect_payload(answer, item);
    consumer.ok(ack(q, "d"));
  }
}

const Tests kLostTests{[](const Define& test) {
  test("broker.lost.call-ends", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = broker_queue(t, main);
    const Actor holder = main.spawn("holder", {q});
    const Actor consumer = main.spawn("consumer", {q});
    publish_items(t, main, q, 1);
    (void)expect_delivery(t, holder, q, t.item("main", 0), "held");
    Call& waiting = consumer.start(receive(q, "d"));
    t.expect_waits(waiting, "for an item");
    main.ok(stop_server(q, false));
    t.expect(t.finish(waiting), Outcome::kConnectionLost, "the server was killed");
    const std::vector<Request> calls{
        publish(q, t.item("main", 1)),  receive(q, "d"), receive(q, "d", kNoWait),
        receive(q, "d", within(kLong)), ready(q),        ack(q, "held")};
    for (const Request& request : calls) {
      t.expect_prompt(0ms, [&] {
        const Answer answer = holder.call(request);
        t.expect(answer, Outcome::kConnectionLost, "the server is not there");
        return answer;
      });
    }
  });

  test("broker.lost.comes-back", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = broker_queue(t, main);
    const Actor other = main.spawn("other", {q});
    for (std::int64_t i = 0; i < 3; ++i) {
      main.ok(publish(q, t.item("main", i)));
      expect_and_ack(t, other, q, t.item("main", i));
      main.ok(stop_server(q, i == 1));
      // One process notices, and the other one does not.
      t.expect(main.call(ready(q)), Outcome::kConnectionLost, "the server is not there");
      main.ok(start_server(q));
      t.expect(other.call(publish(q, t.item("other", i))), Outcome::kOk, "the server is back");
      expect_delivery_behind_settled(t, main, q, t.item("other", i), 2 * i + 1);
      t.expect(main.call(ack(q, "d")), Outcome::kOk, "the server is back");
    }
  });

  test("broker.lost.publish-once", [](Scenario& t) {
    constexpr std::int64_t kItems = 400;
    const Actor main = t.root();
    const Object q = broker_queue(t, main);
    const Actor producer = main.spawn("producer", {q});
    Call& list = producer.start(run({publish(q, t.item("producer", 0)).repeated(kItems)}));
    t.expect_soon([&] { return list.events.size() >= 20; }, "a publish returns",
                  [&] { return std::to_string(list.events.size()) + " have returned"; },
                  [&] { return list.events.size(); });
    main.ok(stop_server(q, false));
    t.expect(t.finish(list), Outcome::kOk);
    main.ok(start_server(q));
    auto came = drain(t, main, q, 400ms);
    for (std::int64_t i = 0; i < kItems; ++i) {
      const Answer& answer = list.events.at(static_cast<std::size_t>(i));
      t.expect_one_of(answer, {Outcome::kOk, Outcome::kConnectionLost}, "the server was killed");
      const int times = came[{"producer", i}];
      const bool right = times == 1 || (times == 0 && answer.outcome != Outcome::kOk);
      t.expect_true(right,
                    answer.outcome == Outcome::kOk ? "an item that was published comes once"
                                                   : "an item may be lost, and comes at most once",
                    "producer#" + std::to_string(i) + " came " + std::to_string(times) + " times",
                    answer);
    }
  });
}};

}  // namespace
}  // namespace psq::conformance
