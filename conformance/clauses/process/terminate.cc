// spec/process.md, process.terminate.*
#include <signal.h>

#include "clauses/process/ended_by_parent.h"
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Tests kTerminateTests{[](const Define& test) {
  test("process.terminate.ends",
       [](Scenario& t) { expect_ended_by_parent(t, terminate("child"), SIGTERM); });

  test("process.terminate.after-end", [](Scenario& t) {
    const Actor main = t.root();
    for (const bool joined : {false, true}) {
      const std::string name = joined ? "joined" : "unjoined";
      const Actor child = main.spawn(name, {});
      child.ok(end_by(Ending::kExit, 7));
      t.expect_end(child);
      if (joined) t.expect_boolean(main.call(join_process(name)), true, "it has ended");
      t.expect(main.call(terminate(name)), Outcome::kOk, "there is nothing to end");
      t.expect(main.call(kill_child(name)), Outcome::kOk, "there is nothing to end");
      t.expect_boolean(main.call(join_process(name)), true, "it has ended");
      t.expect_number(main.call(exit_code(name)), 7, "what it ended with before");
    }
  });
}};

}  // namespace
}  // namespace psq::conformance
