// spec/broker.md, broker.ack.*
#include "clauses/broker/deliveries.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

const Tests kAckTests{[](const Define& test) {
  test("broker.ack.final", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = broker_queue(t, main, kVisible);
    const Actor consumer = main.spawn("consumer", {q});
    publish_items(t, main, q, 1);
    expect_and_ack(t, consumer, q, t.item("main", 0));
    t.expect(main.call(receive(q, "d", within(kVisible + 300ms))), Outcome::kEmpty,
             "the item was acknowledged");
  });

  test("broker.ack.twice", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = broker_queue(t, main);
    const Actor consumer = main.spawn("consumer", {q});
    publish_items(t, main, q, 3);
    (void)expect_delivery(t, consumer, q, t.item("main", 0), "settled");
    (void)expect_delivery(t, consumer, q, t.item("main", 1), "held");
    consumer.ok(ack(q, "settled"));
    t.expect(consumer.call(ack(q, "settled")), Outcome::kNotHeld, "it was settled before");
    expect_and_ack(t, main, q, t.item("main", 2));
    expect_none(t, main, q, "the other delivery is still held");
    t.expect(consumer.call(ack(q, "held")), Outcome::kOk, "it is held");
  });

  test("broker.ack.after-expiry", [](Scenario& t) {
    t.needs_option("visibility");
    const Actor main = t.root();
    const Object q = broker_queue(t, main, kVisible);
    publish_items(t, main, q, 1);
    (void)expect_delivery(t, main, q, t.item("main", 0), "late");
    main.ok(run({pause(kVisible + 300ms)}));
    const Answer late = main.call(ack(q, "late"));
    t.expect_one_of(late, {Outcome::kOk, Outcome::kNotHeld}, "it was held too long");
    const bool done = late.outcome == Outcome::kOk;
    if (done) {
      expect_none(t, main, q, "the ack is valid");
    } else {
      (void)expect_delivery(t, main, q, t.item("main", 0));
    }
    t.observe("broker.ack.after-expiry", done ? "the ack is valid" : "the ack is refused");
  });
}};

}  // namespace
}  // namespace psq::conformance
