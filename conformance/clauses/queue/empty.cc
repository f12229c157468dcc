// spec/queue.md, queue.empty.*
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Tests kEmptyTests{[](const Define& test) {
  test("queue.empty.at-rest", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor other = main.spawn("other", {q});
    t.expect_boolean(main.call(empty(q)), true, "nothing was put");
    t.expect_boolean(other.call(empty(q)), true, "nothing was put");
    for (std::int64_t i = 0; i < 3; ++i) {
      main.ok(put(q, t.item("main", i)));
      t.eventually_boolean(main, empty(q), false);
      t.expect_boolean(other.call(empty(q)), false, "visible to one is visible to all");
      other.ok(get(q));
      t.expect_boolean(main.call(empty(q)), true, "what was put has been obtained");
      t.expect_boolean(other.call(empty(q)), true, "what was put has been obtained");
    }
  });
}};

}  // namespace
}  // namespace psq::conformance
