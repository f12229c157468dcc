// spec/queue.md, queue.qsize.*
#include "clauses/queue/directly_after_put.h"
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Tests kQsizeTests{[](const Define& test) {
  test("queue.qsize.counts-slots", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue(3);
    const Actor other = main.spawn("other", {q});
    const auto both_say = [&](std::int64_t size) {
      t.expect_number(main.call(qsize(q)), size, "puts less gets");
      t.expect_number(other.call(qsize(q)), size, "puts less gets, in every process");
    };
    both_say(0);
    for (std::int64_t i = 0; i < 3; ++i) {
      main.ok(put(q, t.item("main", i)));
      both_say(i + 1);
    }
    t.expect(main.call(put(q, t.item("main", 3), kNoWait)), Outcome::kFull, "no slot is free");
    both_say(3);
    for (std::int64_t i = 3; i > 0; --i) {
      other.ok(get(q));
      both_say(i - 1);
    }
  });

  test("queue.qsize.counts-slots/directly-after-put", [](Scenario& t) {
    directly_after_put(t, qsize, [&](const Answer& answer) {
      t.expect_number(answer, 1, "one item was put, visible or not");
    });
  });
}};

}  // namespace
}  // namespace psq::conformance
