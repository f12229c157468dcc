// spec/broker.md, broker.extend.*
#include "clauses/broker/deliveries.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

constexpr int kExtensions = 5;
constexpr auto kBetween = 400ms;
static_assert(kExtensions * kBetween > kVisible);

// Extends again and again, for longer than the visibility timeout, while another process waits for
// the item. Whether each extension came in time: on a machine that stands still for a while they do
// not.
bool extended_in_time(Scenario& t, const Actor& holder, const Actor& other, const Object& q,
                      const Item& item) {
  t.root().ok(publish(q, item));
  Answer last = expect_delivery(t, holder, q, item, "held");
  const Nanoseconds longest = t.patient(kExtensions * kBetween + 4 * kVisible);
  Call& waiting = other.start(receive(q, "d", within(longest)));
  bool in_time = true;
  for (int i = 0; i < kExtensions && in_time; ++i) {
    holder.ok(run({pause(kBetween)}));
    const Answer extended = holder.call(extend(q, "held"));
    in_time = extended.returned - last.invoked < Nanoseconds{kVisible};
    if (in_time) t.expect(extended, Outcome::kOk, "it is held");
    last = extended;
  }
  const Answer again = t.finish(waiting);
  t.expect(again, Outcome::kOk, "the last extension is over");
  t.expect_payload(again, item);
  const Nanoseconds after = again.returned - last.invoked;
  if (in_time) {
    t.expect_true(after >= Nanoseconds{kVisible}, "not before the last extension is over",
                  std::to_string(after.count() / 1'000'000) + " ms after it", again);
  }
  other.ok(ack(q, "d"));
  return in_time;
}

const Tests kExtendTests{[](const Define& test) {
  test("broker.extend.keeps", [](Scenario& t) {
    t.needs_option("visibility");
    const Actor main = t.root();
    const Object q = broker_queue(t, main, kVisible);
    const Actor holder = main.spawn("holder", {q});
    const Actor other = main.spawn("other", {q});
    for (std::int64_t i = 0; i < 5; ++i) {
      if (extended_in_time(t, holder, other, q, t.item("main", i))) return;
    }
    throw Inconclusive{"no extension came within the visibility timeout, in five rounds"};
  });

  test("broker.extend.not-held", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = broker_queue(t, main);
    publish_items(t, main, q, 1);
    (void)expect_delivery(t, main, q, t.item("main", 0), "settled");
    main.ok(ack(q, "settled"));
    t.expect(main.call(extend(q, "settled")), Outcome::kNotHeld, "it was acknowledged");
    expect_none(t, main, q, "the item was acknowledged");
  });
}};

}  // namespace
}  // namespace psq::conformance
