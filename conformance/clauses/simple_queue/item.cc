// spec/simple-queue.md, simple-queue.item.*
#include "clauses/shared/items.h"
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Tests kItemTests{[](const Define& test) {
  test("simple-queue.item.sizes-intact", [](Scenario& t) {
    const Object q = t.root().simple_queue();
    sizes_intact(t, t.root().spawn("producer", {q}), q);
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
}};

}  // namespace
}  // namespace psq::conformance
