// spec/manager.md, manager.get.*
#include "clauses/shared/gets.h"
#include "clauses/shared/items.h"
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

const Tests kGetTests{[](const Define& test) {
  test("manager.get.waits-for-item", [](Scenario& t) {
    const Object q = t.root().queue();
    const Actor consumer = t.root().spawn("consumer", {q});
    for (const Wait& wait : {kForever, within(kLong)})
      expect_get_waits(t, consumer, q, wait, 400ms);
  });

  test("manager.get.empty-after-timeout",
       [](Scenario& t) { get_empty_after_timeout(t, QueueKind::kQueue); });

  test("manager.get.empty-at-once", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor waiter = main.spawn("waiter", {q});
    const auto ends_at_once = [&] {
      for (const Wait& wait : {kNoWait, within(0ms), Wait{.block = false, .seconds = 5.0}})
        expect_empty_at_once(t, main, q, wait);
    };
    ends_at_once();
    t.expect_waits(waiter.start(get(q)), "for an item");
    ends_at_once();
  });

  test("manager.get.exactly-once", [](Scenario& t) {
    const Object q = t.root().queue(10);
    const Flow flow = many_to_many(t, q, 150);
    expect_exactly_once(t, flow.put_by, flow.obtained);
    expect_producer_order(t, flow.obtained);
    t.expect(t.root().call(get(q, within(50ms))), Outcome::kEmpty, "nothing but what was put");
  });
}};

}  // namespace
}  // namespace psq::conformance
