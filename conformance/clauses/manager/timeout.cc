// spec/manager.md, manager.timeout.*
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Tests kTimeoutTests{[](const Define& test) {
  // Both calls could not be done without waiting; each must end at once, one way or the other.
  test("manager.timeout.negative", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue(1);
    const auto at_once = [&](const Request& request, Outcome attempt) {
      Answer last;
      t.expect_prompt(0ms, [&] {
        last = main.call(request);
        t.expect_one_of(last, {attempt, Outcome::kInvalidArgument}, "it does not wait");
        return last;
      });
      return last.outcome;
    };
    const Outcome got = at_once(get(q, within(-1s)), Outcome::kEmpty);
    main.ok(put(q, t.item("main", 0)));
    const Outcome placed = at_once(put(q, t.item("refused", 0), within(-1s)), Outcome::kFull);
    t.expect_payload(main.call(get(q)), t.item("main", 0));
    t.expect(main.call(get(q, within(50ms))), Outcome::kEmpty,
             "the refused item is never obtained");
    const auto name = [](Outcome outcome) {
      return std::string{outcome == Outcome::kInvalidArgument ? "refused" : "an attempt"};
    };
    t.observe("manager.timeout.negative", "get: " + name(got) + ", put: " + name(placed));
  });
}};

}  // namespace
}  // namespace psq::conformance
