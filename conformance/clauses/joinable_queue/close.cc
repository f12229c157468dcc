// spec/joinable-queue.md, joinable-queue.close.*
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Tests kCloseTests{[](const Define& test) {
  test("joinable-queue.close.keeps-tasks", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.joinable_queue();
    const Actor worker = main.spawn("worker", {q});
    main.ok(put(q, t.item("main", 0)));
    main.ok(put(q, t.item("main", 1)));
    main.ok(close(q));
    worker.ok(get(q));
    worker.ok(get(q));
    Call& joining = main.start(join(q).by("joiner"));
    t.expect_waits(joining, "for two tasks");
    t.expect(main.call(task_done(q)), Outcome::kOk, "in a process that closed it");
    worker.ok(task_done(q));
    t.expect(t.finish(joining), Outcome::kOk, "every task is done");
    t.expect(main.call(task_done(q)), Outcome::kTaskDoneTooOften, "every task is done");
  });

  test("joinable-queue.close.operations-closed", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.joinable_queue();
    const Actor other = main.spawn("other", {q});
    main.ok(close(q));
    t.expect(main.call(put(q, t.item("main", 0))), Outcome::kClosed, "this process closed it");
    t.expect(main.call(get(q, kNoWait)), Outcome::kClosed, "this process closed it");
    other.ok(put(q, t.item("other", 0)));
    t.expect_payload(other.call(get(q)), t.item("other", 0));
  });
}};

}  // namespace
}  // namespace psq::conformance
