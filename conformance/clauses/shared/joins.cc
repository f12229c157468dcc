#include "clauses/shared/joins.h"

#include <vector>

namespace psq::conformance {

Object join_waits_for_tasks(Scenario& t, const std::string& finisher) {
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
  const Answer last = Actor{t, finisher}.ok(task_done(q));
  const Answer joined = t.finish(joining);
  t.expect(joined, Outcome::kOk, "every task is done");
  t.expect_after(joined, last);
  return q;
}

void join_releases_all(Scenario& t, int joiners, int threads) {
  const Actor main = t.root();
  const Object q = main.joinable_queue();
  main.ok(put(q, t.item("main", 0)));
  std::vector<Call*> joins;
  for (int i = 0; i < joiners; ++i) {
    const Actor joiner = main.spawn("joiner" + std::to_string(i), {q});
    for (int thread = 0; thread < threads; ++thread)
      joins.push_back(&joiner.start(join(q).by("thread" + std::to_string(thread))));
  }
  for (Call* each : joins) t.expect_waits(*each, "for a task");
  main.ok(get(q));
  const Answer last = main.ok(task_done(q));
  for (Call* each : joins) {
    const Answer joined = t.finish(*each);
    t.expect(joined, Outcome::kOk, "every task is done");
    t.expect_after(joined, last);
  }
}

void task_done_too_often(Scenario& t, const std::string& finisher) {
  const Actor main = t.root();
  const Object q = main.joinable_queue();
  static_cast<void>(main.spawn("other", {q}));
  t.expect(main.call(task_done(q)), Outcome::kTaskDoneTooOften, "nothing was put");
  main.ok(put(q, t.item("main", 0)));
  // Had the refused one counted, the one task would be done, or two would be needed.
  Call& joining = main.start(join(q).by("joiner"));
  t.expect_waits(joining, "for the one task");
  main.ok(get(q));
  t.expect(Actor{t, finisher}.call(task_done(q)), Outcome::kOk, "the one task");
  t.expect(t.finish(joining), Outcome::kOk, "every task is done");
  for (const Actor& actor : {main, Actor{t, finisher}})
    t.expect(actor.call(task_done(q)), Outcome::kTaskDoneTooOften, "every task is done");
  t.expect(main.call(join(q)), Outcome::kOk, "every task is done");
}

}  // namespace psq::conformance
