// spec/joinable-queue.md, joinable-queue.item.*
#include "clauses/shared/items.h"
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Tests kItemTests{[](const Define& test) {
  test("joinable-queue.item.sizes-intact", [](Scenario& t) {
    const Object q = t.root().joinable_queue();
    sizes_intact(t, t.root().spawn("producer", {q}), q);
  });
}};

}  // namespace
}  // namespace psq::conformance
