// spec/joinable-queue.md, joinable-queue.create.*
#include "clauses/shared/puts.h"
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Tests kCreateTests{[](const Define& test) {
  test("joinable-queue.create.bound", [](Scenario& t) {
    for (const std::int64_t maxsize : {1, 3}) filled(t, QueueKind::kJoinable, maxsize);
  });
}};

}  // namespace
}  // namespace psq::conformance
