// spec/manager.md, manager.item.*
#include "clauses/shared/items.h"
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Tests kItemTests{[](const Define& test) {
  test("manager.item.arrives-equal", [](Scenario& t) {
    t.needs_option("json");
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor producer = main.spawn("producer", {q});
    producer.ok(put(q, Json{"null"}));
    t.expect_payload(main.call(get(q)), Json{"null"});
    values_equal(t, producer, q);
    sizes_intact(t, producer, q);
    t.expect(main.call(get(q, within(30ms))), Outcome::kEmpty, "as many items as were put");
  });
}};

}  // namespace
}  // namespace psq::conformance
