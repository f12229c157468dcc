// spec/broker.md, broker.nack.*
#include "clauses/broker/deliveries.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

const Tests kNackTests{[](const Define& test) {
  test("broker.nack.redelivers", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = broker_queue(t, main);
    const Actor other = main.spawn("other", {q});
    const Item item = t.item("main", 0);
    main.ok(publish(q, item));
    t.expect_prompt(0ms, [&] {
      (void)expect_delivery(t, main, q, item, "given-back");
      main.ok(nack(q, "given-back"));
      const Answer again = other.call(receive(q, "d", within(t.patient(5s))));
      t.expect(again, Outcome::kOk, "the item was given back");
      t.expect_payload(again, item);
      other.ok(nack(q, "d"));
      return again;
    });
  });
}};

}  // namespace
}  // namespace psq::conformance
