// spec/queue.md, queue.full.*
#include "clauses/queue/directly_after_put.h"
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Tests kFullTests{[](const Define& test) {
  test("queue.full.at-bound", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue(2);
    const Actor other = main.spawn("other", {q});
    const auto both_say = [&](bool is_full, const std::string& why) {
      t.expect_boolean(main.call(full(q)), is_full, why);
      t.expect_boolean(other.call(full(q)), is_full, why);
    };
    both_say(false, "it holds nothing");
    main.ok(put(q, t.item("main", 0)));
    both_say(false, "a slot is free");
    other.ok(put(q, t.item("other", 0)));
    both_say(true, "it holds as many as its bound");
    main.ok(get(q));
    both_say(false, "a get freed a slot");
  });

  test("queue.full.at-bound/directly-after-put", [](Scenario& t) {
    directly_after_put(t, full, [&](const Answer& answer) {
      t.expect_boolean(answer, true, "its slot is taken, visible or not");
    });
  });

  // An item that takes its time to be serialized, so that there is something to be seen.
  test("queue.full.while-empty", [](Scenario& t) {
    t.needs_option("item.slow_serialize");
    const Actor main = t.root();
    const Object q = main.queue(1);
    Item slow = t.item("main", 0);
    slow.slow_serialize = 0.4;
    main.ok(put(q, slow));
    t.expect_boolean(main.call(full(q)), true, "its slot is taken");
    const Answer is_empty = main.ok(empty(q));
    const Answer at_once = main.call(get(q, kNoWait));
    t.expect_one_of(at_once, {Outcome::kOk, Outcome::kEmpty},
                    "the item, or that it is not visible");
    t.expect_payload(at_once.outcome == Outcome::kOk ? at_once : main.call(get(q)),
                     t.item("main", 0));
    t.observe("queue.full.while-empty",
              is_empty.value.boolean == true ? "full and empty at once" : "not seen");
  });
}};

}  // namespace
}  // namespace psq::conformance
