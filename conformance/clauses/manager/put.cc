// spec/manager.md, manager.put.*
#include "clauses/shared/puts.h"
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

constexpr auto kSlow = 300ms;

const Tests kPutTests{[](const Define& test) {
  test("manager.put.visible-on-return", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue();
    const std::vector<Actor> actors{main, main.spawn("one", {q}), main.spawn("two", {q})};
    for (std::size_t i = 0; i < 60; ++i) {
      const Actor& producer = actors[i % 3];
      const Item item = t.item(producer.name(), static_cast<std::int64_t>(i));
      producer.ok(put(q, item));
      t.expect_payload(actors[(i / 3) % 3].call(get(q, kNoWait)), item);
    }
  });

  test("manager.put.waits-when-full",
       [](Scenario& t) { put_waits_for_slot(t, QueueKind::kQueue, 400ms); });

  test("manager.put.full-after-timeout",
       [](Scenario& t) { put_full_after_timeout(t, QueueKind::kQueue); });

  test("manager.put.full-at-once", [](Scenario& t) {
    put_full_at_once(t, QueueKind::kQueue,
                     {kNoWait, within(0ms), Wait{.block = false, .seconds = 5.0}});
  });

  test("manager.put.full-leaves-no-trace",
       [](Scenario& t) { full_leaves_no_trace(t, QueueKind::kJoinable); });

  test("manager.put.serializes-in-call", [](Scenario& t) {
    t.needs_option("item.slow_serialize");
    const Actor main = t.root();
    const Object q = main.queue();
    Item item = t.item("main", 0, 500);
    item.slow_serialize = std::chrono::duration<double>{kSlow}.count();
    const Answer answer = main.call(put(q, item));
    t.expect(answer, Outcome::kOk);
    t.expect_true(answer.took() >= Nanoseconds{kSlow},
                  "the put returns when its item is serialized, which takes 300 ms",
                  "it returned before", answer);
    t.expect_payload(main.call(get(q, kNoWait)), t.item("main", 0, 500));
  });

  test("manager.put.not-serializable", [](Scenario& t) {
    t.needs_option("item.fail_serialize");
    const Actor main = t.root();
    const Object q = main.joinable_queue(2);
    for (std::int64_t i = 0; i < 4; ++i) {
      t.expect(main.call(put(q, failing_item(t, "main", i, "serialize"))),
               Outcome::kNotSerializable, "the caller learns of it");
    }
    t.expect_number(main.call(qsize(q)), 0, "it takes no slot");
    t.expect(main.call(get(q, kNoWait)), Outcome::kEmpty, "nothing was put");
    t.expect(main.call(task_done(q)), Outcome::kTaskDoneTooOften, "it adds no task");
    for (std::int64_t i = 0; i < 2; ++i)
      t.expect(main.call(put(q, t.item("main", i), kNoWait)), Outcome::kOk, "every slot is free");
    for (std::int64_t i = 0; i < 2; ++i) t.expect_payload(main.call(get(q)), t.item("main", i));
  });

  test("manager.put.survives-producer",
       [](Scenario& t) { put_survives_producer(t, QueueKind::kQueue); });
}};

}  // namespace
}  // namespace psq::conformance
