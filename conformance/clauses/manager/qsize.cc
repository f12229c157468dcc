// spec/manager.md, manager.qsize.*
#include "clauses/manager/after_every_step.h"
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Tests kQsizeTests{[](const Define& test) {
  test("manager.qsize.exact", [](Scenario& t) {
    after_every_step(t, [&](const Actor& actor, const Object& q, std::int64_t inside) {
      t.expect_number(actor.call(qsize(q)), inside, "what was put and not obtained");
    });
  });
}};

}  // namespace
}  // namespace psq::conformance
