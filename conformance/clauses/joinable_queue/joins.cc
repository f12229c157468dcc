#include "clauses/joinable_queue/joins.h"

#include "suite/flow.h"

namespace psq::conformance {

void join_releases_all(Scenario& t, int joiners) {
  const Actor main = t.root();
  const Object q = main.joinable_queue();
  main.ok(put(q, t.item("main", 0)));
  std::vector<Call*> joins;
  for (int i = 0; i < joiners; ++i) {
    const Actor joiner = main.spawn("joiner" + std::to_string(i), {q});
    for (const std::string thread : {"left", "right"})
      joins.push_back(&joiner.start(join(q).by(thread)));
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

}  // namespace psq::conformance
