// spec/simple-queue.md, simple-queue.empty.*
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Tests kEmptyTests{[](const Define& test) {
  test("simple-queue.empty.exact", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.simple_queue();
    const Actor other = main.spawn("other", {q});
    const auto both_say = [&](bool is_empty) {
      t.expect_boolean(main.call(empty(q)), is_empty, "what was put and not obtained");
      t.expect_boolean(other.call(empty(q)), is_empty,
                       "what was put and not obtained, in every process");
    };
    both_say(true);
    main.ok(put(q, t.item("main", 0)));
    both_say(false);
    other.ok(put(q, t.item("other", 0)));
    both_say(false);
    main.ok(get(q));
    both_say(false);
    main.ok(get(q));
    both_say(true);
  });
}};

}  // namespace
}  // namespace psq::conformance
