// spec/manager.md, manager.full.*
#include "clauses/manager/after_every_step.h"
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Tests kFullTests{[](const Define& test) {
  test("manager.full.exact", [](Scenario& t) {
    after_every_step(t, [&](const Actor& actor, const Object& q, std::int64_t inside) {
      t.expect_boolean(actor.call(full(q)), inside == kBound, "the bound is three");
    });
    const Object unbounded = t.root().queue(0, "unbounded");
    for (std::int64_t i = 0; i < 2 * kBound; ++i) {
      t.expect_boolean(t.root().call(full(unbounded)), false, "there is no bound");
      t.root().ok(put(unbounded, t.item("main", i)));
    }
  });
}};

}  // namespace
}  // namespace psq::conformance
