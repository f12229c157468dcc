// spec/joinable-queue.md, joinable-queue.join.*
#include "clauses/shared/joins.h"
#include "clauses/shared/scale.h"
#include "program/properties.h"
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Tests kJoinTests{[](const Define& test) {
  test("joinable-queue.join.waits-for-tasks",
       [](Scenario& t) { join_waits_for_tasks(t, "worker"); });

  test("joinable-queue.join.returns-at-zero", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.joinable_queue();
    const auto join_returns = [&] {
      t.expect_prompt(0ms, [&] {
        const Answer answer = main.call(join(q));
        t.expect(answer, Outcome::kOk, "no task is unfinished");
        return answer;
      });
    };
    join_returns();
    main.ok(put(q, t.item("main", 0)));
    main.ok(get(q));
    main.ok(task_done(q));
    join_returns();
  });

  test("joinable-queue.join.releases-all", [](Scenario& t) { join_releases_all(t, 3); });

  // More than a small table of waiting threads holds.
  test("joinable-queue.join.releases-all/crowd", [](Scenario& t) { join_releases_all(t, 2, 20); });

  test("joinable-queue.join.get-alone-does-not-count", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.joinable_queue();
    main.ok(put(q, t.item("main", 0)));
    main.ok(get(q));
    Call& joining = main.start(join(q).by("joiner"));
    t.expect_waits(joining, "though all was obtained");
    main.ok(task_done(q));
    t.expect(t.finish(joining), Outcome::kOk, "every task is done");
  });

  test("joinable-queue.join.again-after-zero", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.joinable_queue();
    const Actor worker = main.spawn("worker", {q});
    for (std::int64_t i = 0; i < 3; ++i) {
      main.ok(put(q, t.item("main", i)));
      Call& joining = main.start(join(q).by("joiner"));
      t.expect_waits(joining, "for the newest task");
      worker.ok(get(q));
      const Answer last = worker.ok(task_done(q));
      const Answer joined = t.finish(joining);
      t.expect(joined, Outcome::kOk, "every task is done");
      t.expect_after(joined, last);
    }
  });

  test("joinable-queue.join.every-producer", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.joinable_queue();
    const Actor producer = main.spawn("producer", {q});
    const Actor joiner = main.spawn("joiner", {q});
    producer.ok(put(q, t.item("producer", 0)));
    main.ok(put(q, t.item("main", 0)));
    std::vector<Call*> joins{&joiner.start(join(q)), &joiner.start(join(q).by("beside")),
                             &main.start(join(q).by("joiner"))};
    for (Call* each : joins) t.expect_waits(*each, "for the tasks of both producers");
    main.ok(task_done(q));
    for (Call* each : joins) t.expect_waits(*each, "for the other task");
    const Answer last = producer.ok(task_done(q));
    for (Call* each : joins) {
      const Answer joined = t.finish(*each);
      t.expect(joined, Outcome::kOk, "every task is done");
      t.expect_after(joined, last);
    }
  });

  // The count comes to zero and leaves it again, with nothing from the suite in between.
  test("joinable-queue.join.zero-for-a-moment", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.joinable_queue();
    const Actor worker = main.spawn("worker", {q});
    main.ok(put(q, t.item("main", 0)));
    Call& joining = main.start(join(q).by("joiner"));
    t.expect_waits(joining, "for a task");
    const Answer at_zero = worker.ok(run({task_done(q), put(q, t.item("worker", 0))}));
    const bool ended = t.ends_within(joining, 300ms);
    t.observe("joinable-queue.join.zero-for-a-moment",
              ended ? "the join returns" : "the join waits on");
    if (ended) t.expect_after(*joining.answer, at_zero);
    main.ok(task_done(q));
    t.expect(t.finish(joining), Outcome::kOk, "every task is done");
  });

  test("joinable-queue.join.waits-for-tasks/programs",
       {"joinable-queue.join.returns-at-zero", "joinable-queue.task-done.too-often",
        "joinable-queue.task-done.at-once-after-get", "joinable-queue.get.exactly-once",
        "joinable-queue.order.per-producer", "joinable-queue.create.bound",
        "joinable-queue.exit.flushes"},
       [](Scenario& t) { any_program(t, Kind::kJoinableQueue, "joinable_queue.join"); });

  test.thorough()("joinable-queue.join.waits-for-tasks/longer-than-defaults", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.joinable_queue();
    main.ok(put(q, t.item("main", 0)));
    main.ok(get(q));
    Call& joining = main.start(join(q).by("joiner"));
    t.expect_waits_on(joining, kLongerThanDefaults, "for the task");
    main.ok(task_done(q));
    t.expect(t.finish(joining), Outcome::kOk, "every task is done");
  });
}};

}  // namespace
}  // namespace psq::conformance
