// spec/simple-queue.md, simple-queue.get.*
#include "clauses/shared/gets.h"
#include "clauses/shared/items.h"
#include "clauses/shared/scale.h"
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

const Tests kGetTests{[](const Define& test) {
  test("simple-queue.get.waits-for-item",
       [](Scenario& t) { get_waits_for_item(t, QueueKind::kSimple, kForever, 250ms); });

  test("simple-queue.get.exactly-once", [](Scenario& t) {
    const Object q = t.root().simple_queue();
    const Flow flow = many_to_many(t, q, 150);
    expect_exactly_once(t, flow.put_by, flow.obtained);
    expect_producer_order(t, flow.obtained);
    t.expect_boolean(t.root().call(empty(q)), true, "nothing but what was put is there");
  });

  test("simple-queue.get.not-deserializable", [](Scenario& t) {
    t.needs_option("item.fail_deserialize");
    const Actor main = t.root();
    const Object q = main.simple_queue();
    const Actor consumer = main.spawn("consumer", {q});
    for (std::int64_t i = 0; i < 3; ++i) {
      const Item broken = failing_item(t, "broken", i, "deserialize");
      main.ok(put(q, broken));
      main.ok(put(q, t.item("main", i)));
      t.expect(consumer.call(get(q)), Outcome::kNotDeserializable, "the item cannot be made");
      t.expect_payload(consumer.call(get(q)), t.item("main", i));
      t.expect_boolean(main.call(empty(q)), true, "the broken item is consumed");
    }
  });

  test("simple-queue.get.all-served", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.simple_queue();
    std::vector<Call*> waiting;
    for (const std::string name : {"one", "two"}) {
      const Actor consumer = main.spawn(name, {q});
      for (const std::string thread : {"left", "right"})
        waiting.push_back(&consumer.start(get(q).by(thread)));
    }
    for (Call* each : waiting) t.expect_waits(*each, "for an item");
    const auto count = static_cast<std::int64_t>(waiting.size());
    for (std::int64_t i = 0; i < count; ++i) main.ok(put(q, t.item("main", i)));
    std::vector<Obtained> obtained;
    for (Call* each : waiting)
      obtained.push_back({.by = each->process, .answers = {t.finish(*each)}});
    expect_exactly_once(t, {{"main", count}}, obtained);
  });

  test.thorough()("simple-queue.get.waits-for-item/longer-than-defaults", [](Scenario& t) {
    get_waits_for_item(t, QueueKind::kSimple, kForever, kLongerThanDefaults);
  });
}};

}  // namespace
}  // namespace psq::conformance
