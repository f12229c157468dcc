// spec/manager.md, manager.create.*
#include "clauses/shared/puts.h"
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Tests kCreateTests{[](const Define& test) {
  test("manager.create.bound", [](Scenario& t) {
    for (const std::int64_t maxsize : {1, 5}) bound_is_kept(t, QueueKind::kQueue, maxsize);
    no_bound(t, QueueKind::kQueue);
  });
}};

}  // namespace
}  // namespace psq::conformance
