#include "clauses/process/ended_by_parent.h"

namespace psq::conformance {

void expect_ended_by_parent(Scenario& t, const Request& request, int signal) {
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor child = main.spawn("child", {q});
  Call& busy = child.start(get(q));
  t.expect_waits(busy, "for an item");
  t.expect(main.call(request), Outcome::kOk);
  t.expect_end(child);
  t.expect_boolean(main.call(join_process("child")), true, "it has ended");
  t.expect_number(main.call(exit_code("child")), -signal, "ended by a signal");
}

}  // namespace psq::conformance
