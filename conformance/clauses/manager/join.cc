// spec/manager.md, manager.join.* and manager.task-done.*
#include "clauses/joinable_queue/join.h"

#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

void waits_for_tasks(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.joinable_queue();
  const Actor worker = main.spawn("worker", {q});
  t.expect(main.call(join(q)), Outcome::kOk, "nothing was put");
  for (std::int64_t i = 0; i < 3; ++i) main.ok(put(q, t.item("main", i)));
  Call& joining = main.start(join(q).by("joiner"));
  for (std::int64_t i = 0; i < 3; ++i) worker.ok(get(q));
  for (int i = 0; i < 2; ++i) {
    t.expect_waits(joining, "for tasks");
    worker.ok(task_done(q));
  }
  t.expect_waits(joining, "for the last task");
  const Answer last = main.ok(task_done(q));
  const Answer joined = t.finish(joining);
  t.expect(joined, Outcome::kOk, "every task is done");
  t.expect_after(joined, last);
  t.expect(worker.call(join(q)), Outcome::kOk, "every task is done, for everybody");
}

void releases_all(Scenario& t) { join_releases_all(t, 2); }

void too_often(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.joinable_queue();
  const Actor other = main.spawn("other", {q});
  t.expect(main.call(task_done(q)), Outcome::kTaskDoneTooOften, "nothing was put");
  main.ok(put(q, t.item("main", 0)));
  // Had the refused one counted, the one task would be done, or two would be needed.
  Call& joining = main.start(join(q).by("joiner"));
  t.expect_waits(joining, "for the one task");
  main.ok(get(q));
  t.expect(other.call(task_done(q)), Outcome::kOk, "the one task");
  t.expect(t.finish(joining), Outcome::kOk, "every task is done");
  for (const Actor& actor : {main, other})
    t.expect(actor.call(task_done(q)), Outcome::kTaskDoneTooOften, "every task is done");
  t.expect(main.call(join(q)), Outcome::kOk, "every task is done");
}

const Tests kTests{
    {{"manager.join.waits-for-tasks"}, waits_for_tasks},
    {{"manager.join.releases-all"}, releases_all},
    {{"manager.task-done.too-often"}, too_often},
};

}  // namespace
}  // namespace psq::conformance
