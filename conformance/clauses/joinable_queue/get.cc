// spec/joinable-queue.md, joinable-queue.get.*
#include "clauses/shared/gets.h"
#include "clauses/shared/items.h"
#include "clauses/shared/scale.h"
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

const Tests kGetTests{[](const Define& test) {
  test("joinable-queue.get.waits-for-item",
       [](Scenario& t) { get_waits_for_item(t, QueueKind::kJoinable, kForever, 250ms); });

  test("joinable-queue.get.empty-after-timeout",
       [](Scenario& t) { get_empty_after_timeout(t, QueueKind::kJoinable); });

  test("joinable-queue.get.exactly-once", [](Scenario& t) {
    const Flow flow = many_to_many(t, t.root().joinable_queue(16), 450);
    expect_exactly_once(t, flow.put_by, flow.obtained);
  });

  // The item is consumed, its slot is free, its task is still to be done.
  test("joinable-queue.get.not-deserializable", [](Scenario& t) {
    t.needs_option("item.fail_deserialize");
    const Actor main = t.root();
    const Object q = main.joinable_queue(1);
    const Item broken = failing_item(t, "main", 0, "deserialize");
    main.ok(put(q, broken));
    t.expect(main.call(get(q)), Outcome::kNotDeserializable, "the item cannot be made");
    t.expect(main.call(put(q, t.item("main", 1), kNoWait)), Outcome::kOk, "its slot is free");
    t.expect_payload(main.call(get(q)), t.item("main", 1));
    t.expect(main.call(task_done(q)), Outcome::kOk, "one of two tasks");
    Call& joining = main.start(join(q).by("joiner"));
    t.expect_waits(joining, "for the task of the broken item");
    t.expect(main.call(task_done(q)), Outcome::kOk, "the other task");
    t.expect(t.finish(joining), Outcome::kOk, "every task is done");
  });

  test.thorough()("joinable-queue.get.waits-for-item/longer-than-defaults", [](Scenario& t) {
    get_waits_for_item(t, QueueKind::kJoinable, kForever, kLongerThanDefaults);
  });
}};

}  // namespace
}  // namespace psq::conformance
