// spec/broker.md, broker.reject.*
#include "clauses/broker/deliveries.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

const Tests kRejectTests{[](const Define& test) {
  test("broker.reject.dead-letter", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = broker_queue(t, main, kVisible);
    const Actor consumer = main.spawn("consumer", {q});
    publish_items(t, main, q, 3);
    for (std::int64_t i = 0; i < 2; ++i) {
      (void)expect_delivery(t, consumer, q, t.item("main", i));
      consumer.ok(reject(q, "d"));
      t.expect_number(main.call(dead_letters(q)), i + 1, "what was rejected");
    }
    expect_and_ack(t, main, q, t.item("main", 2));
    t.expect_number(main.call(dead_letters(q)), 2, "what was acknowledged is no dead letter");
    t.expect(main.call(receive(q, "d", within(kVisible + 300ms))), Outcome::kEmpty,
             "two were rejected and one acknowledged");
  });
}};

}  // namespace
}  // namespace psq::conformance
