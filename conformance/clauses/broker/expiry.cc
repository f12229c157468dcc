// spec/broker.md, broker.expiry.*
#include "clauses/broker/deliveries.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

// As in the loop of any consumer, a delivery that is acknowledged comes before the one that is held
// too long.
Answer held_too_long(Scenario& t, const Actor& holder, const Actor& other, const Object& q,
                     std::int64_t first) {
  publish_items(t, t.root(), q, 2, first);
  expect_and_ack(t, holder, q, t.item("main", first));
  const Item item = t.item("main", first + 1);
  const Answer held = expect_delivery(t, holder, q, item, "held");
  const Answer again = other.call(receive(q, "d", within(t.patient(4 * kVisible))));
  t.expect(again, Outcome::kOk, "the visibility timeout of the other delivery has passed");
  t.expect_payload(again, item);
  t.expect_true(again.returned - held.invoked >= Nanoseconds{kVisible},
                "not before the visibility timeout has passed",
                std::to_string((again.returned - held.invoked).count() / 1'000'000) + " ms", again);
  other.ok(ack(q, "d"));
  return again;
}

const Tests kExpiryTests{[](const Define& test) {
  test("broker.expiry.redelivers", [](Scenario& t) {
    t.needs_option("visibility");
    const Actor main = t.root();
    const Object q = broker_queue(t, main, kVisible);
    const Actor holder = main.spawn("holder", {q});
    const Actor other = main.spawn("other", {q});
    std::int64_t first = -2;
    for (int i = 0; i < 2; ++i) {
      t.expect_prompt(kVisible, [&] { return held_too_long(t, holder, other, q, first += 2); });
    }
  });
}};

}  // namespace
}  // namespace psq::conformance
