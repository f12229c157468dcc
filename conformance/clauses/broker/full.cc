// spec/broker.md, broker.full.*
#include "clauses/broker/deliveries.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

const Tests kFullTests{[](const Define& test) {
  test("broker.full.refused", [](Scenario& t) {
    constexpr std::int64_t kBefore = 3;
    const Actor main = t.root();
    const Object q = broker_queue(t, main);
    const Actor producer = main.spawn("producer", {q});
    publish_items(t, main, q, kBefore);
    main.ok(fill_server(q, true));
    std::int64_t next = 0;
    t.expect_prompt(0ms, [&] {
      const Answer answer = producer.call(publish(q, t.item("producer", next++)));
      t.expect(answer, Outcome::kFull, "the server has no room");
      return answer;
    });
    main.ok(fill_server(q, false));
    for (std::int64_t i = 0; i < kBefore; ++i) expect_and_ack(t, main, q, t.item("main", i));
    expect_none(t, main, q, "what was refused is not there");
  });

  test("broker.full.consumers", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = broker_queue(t, main);
    const Actor consumer = main.spawn("consumer", {q});
    publish_items(t, main, q, 4);
    main.ok(fill_server(q, true));
    expect_and_ack(t, consumer, q, t.item("main", 0));
    t.expect_number(main.call(ready(q)), 3, "one of four is acknowledged");
    (void)expect_delivery(t, consumer, q, t.item("main", 1), "given-back");
    consumer.ok(nack(q, "given-back"));
    main.ok(fill_server(q, false));
    t.expect(main.call(publish(q, t.item("main", 4))), Outcome::kOk, "the server has room again");
    const auto came = drain(t, consumer, q, 50ms);
    for (std::int64_t i = 1; i <= 4; ++i)
      t.expect_true(came.contains({"main", i}), "main#" + std::to_string(i) + " is delivered",
                    "it is not");
    t.expect_true(!came.contains({"main", 0}), "what was acknowledged is not delivered again",
                  "it is");
  });
}};

}  // namespace
}  // namespace psq::conformance
