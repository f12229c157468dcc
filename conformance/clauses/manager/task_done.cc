// spec/manager.md, manager.task-done.*
#include "clauses/shared/joins.h"
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Tests kTaskDoneTests{[](const Define& test) {
  test("manager.task-done.too-often", [](Scenario& t) { task_done_too_often(t, "other"); });
}};

}  // namespace
}  // namespace psq::conformance
