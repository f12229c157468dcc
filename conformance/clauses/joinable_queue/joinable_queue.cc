// spec/joinable-queue.md
#include "clauses/joinable_queue/join.h"
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

void waits_for_tasks(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.joinable_queue();
  const Actor worker = main.spawn("worker", {q});
  main.ok(put(q, t.item("main", 0)));
  main.ok(put(q, t.item("main", 1)));
  Call& joining = main.start(join(q).by("joiner"));
  t.expect_waits(joining, "for two tasks");
  worker.ok(get(q));
  worker.ok(task_done(q));
  t.expect_waits(joining, "for one task");
  worker.ok(get(q));
  t.expect_waits(joining, "for one task");
  const Answer last = worker.ok(task_done(q));
  const Answer joined = t.finish(joining);
  t.expect(joined, Outcome::kOk, "every task is done");
  t.expect_after(joined, last);
}

void returns_at_zero(Scenario& t) {
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
}

void releases_all(Scenario& t) { join_releases_all(t, 3); }

void get_alone_does_not_count(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.joinable_queue();
  main.ok(put(q, t.item("main", 0)));
  main.ok(get(q));
  Call& joining = main.start(join(q).by("joiner"));
  t.expect_waits(joining, "though all was obtained");
  main.ok(task_done(q));
  t.expect(t.finish(joining), Outcome::kOk, "every task is done");
}

void too_often(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.joinable_queue();
  t.expect(main.call(task_done(q)), Outcome::kTaskDoneTooOften, "nothing was put");
  main.ok(put(q, t.item("main", 0)));
  // Had the refused one counted, the one task would be done, or two would be needed.
  Call& joining = main.start(join(q).by("joiner"));
  t.expect_waits(joining, "for the one task");
  main.ok(get(q));
  t.expect(main.call(task_done(q)), Outcome::kOk, "the one task");
  t.expect(t.finish(joining), Outcome::kOk, "every task is done");
  t.expect(main.call(task_done(q)), Outcome::kTaskDoneTooOften, "every task is done");
  t.expect(main.call(join(q)), Outcome::kOk, "every task is done");
}

void any_process(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.joinable_queue();
  const Actor taker = main.spawn("taker", {q});
  const Actor finisher = main.spawn("finisher", {q});
  const Actor joiner = main.spawn("joiner", {q});
  main.ok(put(q, t.item("main", 0)));
  taker.ok(get(q));
  Call& joining = joiner.start(join(q));
  t.expect_waits(joining, "for a task");
  t.expect(finisher.call(task_done(q)), Outcome::kOk, "whoever says so");
  t.expect(t.finish(joining), Outcome::kOk, "every task is done");
  t.expect(main.call(join(q)), Outcome::kOk, "every task is done, for everybody");
  t.expect(taker.call(task_done(q)), Outcome::kTaskDoneTooOften,
           "every task is done, for everybody");
}

void count_overflow(Scenario& t) {
  t.needs_option("preset_unfinished");
  const auto limit = t.hello().limits.find("unfinished");
  if (limit == t.hello().limits.end())
    throw DriverError{"its hello has preset_unfinished and no limits.unfinished"};
  const Actor main = t.root();
  const Request create = Request{.verb = "create", .type = "process"}
                             .with("type", std::string{"joinable_queue"})
                             .with("names", std::vector<std::string>{"q"})
                             .with("unfinished", limit->second - 1);
  const Object q = main.create("joinable_queue", create, "q");
  t.expect(main.call(put(q, t.item("main", 0))), Outcome::kOk, "one below the largest count");
  t.expect(main.call(put(q, t.item("main", 1))), Outcome::kCountOverflow,
           "the count is at its largest");
}

void close_keeps_tasks(Scenario& t) {
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
}

void full_after_timeout(Scenario& t) {
  constexpr auto kTimeout = 150ms;
  const Actor main = t.root();
  const Object q = main.joinable_queue(1);
  main.ok(put(q, t.item("main", 0)));
  t.expect_prompt(kTimeout, [&] {
    const Answer answer = main.call(put(q, t.item("main", 1), within(kTimeout)));
    t.expect(answer, Outcome::kFull, "no slot became free");
    t.expect_not_before(answer, kTimeout);
    return answer;
  });
  main.ok(get(q));
  main.ok(task_done(q));
  t.expect(main.call(task_done(q)), Outcome::kTaskDoneTooOften, "a refused put is no task");
}

const Tests kTests{
    {{"joinable-queue.join.waits-for-tasks"}, waits_for_tasks},
    {{"joinable-queue.join.returns-at-zero"}, returns_at_zero},
    {{"joinable-queue.join.releases-all"}, releases_all},
    {{"joinable-queue.join.get-alone-does-not-count"}, get_alone_does_not_count},
    {{"joinable-queue.task-done.too-often"}, too_often},
    {{"joinable-queue.task-done.any-process"}, any_process},
    {{"joinable-queue.put.count-overflow"}, count_overflow},
    {{"joinable-queue.close.keeps-tasks"}, close_keeps_tasks},
    {{"joinable-queue.put.full-after-timeout"}, full_after_timeout},
};

}  // namespace
}  // namespace psq::conformance
