// spec/simple-queue.md, simple-queue.item.*
#include "clauses/shared/items.h"
#include "clauses/shared/serializing.h"
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Tests kItemTests{[](const Define& test) {
  test("simple-queue.item.sizes-intact", [](Scenario& t) {
    const Object q = t.root().simple_queue();
    sizes_intact(t, t.root().spawn("producer", {q}), q);
  });

  test("simple-queue.item.sizes-intact/with-header", [](Scenario& t) {
    const Object q = t.root().simple_queue();
    framed_sizes_intact(
        t, t.root().spawn("producer", {q}), [&](const Item& item) { return put(q, item); }, get(q));
  });

  test("simple-queue.item.values-equal", [](Scenario& t) {
    t.needs_option("json");
    const Object q = t.root().simple_queue();
    values_equal(t, t.root().spawn("producer", {q}), q);
  });

  test("simple-queue.item.null-is-an-item", [](Scenario& t) {
    t.needs_option("json");
    const Actor main = t.root();
    const Object q = main.simple_queue();
    main.ok(put(q, Json{"null"}));
    t.expect_boolean(main.call(empty(q)), false, "null is an item");
    main.ok(put(q, t.item("main", 0)));
    t.expect_payload(main.call(get(q)), Json{"null"});
    t.expect_payload(main.call(get(q)), t.item("main", 0));
  });

  test("simple-queue.item.any-error",
       [](Scenario& t) { odd_serializing_stops_nothing(t, QueueKind::kSimple); });
  test("simple-queue.item.any-error/deserializing",
       [](Scenario& t) { odd_deserializing_stops_nothing(t, QueueKind::kSimple); });
  test("simple-queue.item.serializing-delays-none",
       [](Scenario& t) { serializing_delays_none(t, QueueKind::kSimple); });
  test("simple-queue.item.deserializing-delays-none",
       [](Scenario& t) { deserializing_delays_none(t, QueueKind::kSimple); });

  test("simple-queue.item.changed-object-anew", [](Scenario& t) {
    const Object q = t.root().simple_queue();
    changed_object_comes_anew(
        t, [&](const Item& item) { return put(q, item); }, get(q));
  });
}};

}  // namespace
}  // namespace psq::conformance
