// spec/joinable-queue.md, joinable-queue.order.*
#include "clauses/shared/items.h"
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

const Tests kOrderTests{[](const Define& test) {
  test("joinable-queue.order.per-producer", [](Scenario& t) {
    expect_producer_order(t, many_to_many(t, t.root().joinable_queue(16), 225).obtained);
  });
}};

}  // namespace
}  // namespace psq::conformance
