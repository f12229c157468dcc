// spec/joinable-queue.md, joinable-queue.exit.*
#include "clauses/shared/items.h"
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Tests kExitTests{[](const Define& test) {
  // More than transports hold, so that the end comes while most of it is still to be flushed.
  test("joinable-queue.exit.flushes", [](Scenario& t) {
    constexpr std::int64_t kItems = 100;
    const Actor main = t.root();
    const Object q = exit_flushes(t, QueueKind::kJoinable, end_by(Ending::kReturn), kItems);
    Call& joining = main.start(join(q).by("joiner"));
    t.expect_waits(joining, "for the tasks of the process that has ended");
    t.expect(t.finish(main.start(run({task_done(q).repeated(kItems)}))), Outcome::kOk);
    t.expect(t.finish(joining), Outcome::kOk, "every task is done");
  });
}};

}  // namespace
}  // namespace psq::conformance
