// spec/manager.md, manager.join.*
#include "clauses/shared/joins.h"
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Tests kJoinTests{[](const Define& test) {
  test("manager.join.waits-for-tasks", [](Scenario& t) {
    const Actor main = t.root();
    t.expect(main.call(join(main.joinable_queue(0, "unused"))), Outcome::kOk, "nothing was put");
    const Object q = join_waits_for_tasks(t, "root");
    t.expect(Actor{t, "worker"}.call(join(q)), Outcome::kOk,
             "every task is done, for every process");
  });

  test("manager.join.releases-all", [](Scenario& t) { join_releases_all(t, 2); });
}};

}  // namespace
}  // namespace psq::conformance
