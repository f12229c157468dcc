// spec/manager.md, manager.empty.*
#include "clauses/manager/after_every_step.h"
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Tests kEmptyTests{[](const Define& test) {
  test("manager.empty.exact", [](Scenario& t) {
    after_every_step(t, [&](const Actor& actor, const Object& q, std::int64_t inside) {
      t.expect_boolean(actor.call(empty(q)), inside == 0, "what was put and not obtained");
    });
  });
}};

}  // namespace
}  // namespace psq::conformance
