// spec/joinable-queue.md, joinable-queue.put.*
#include "clauses/shared/puts.h"
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

// A joinable queue in which one more task can be counted.
Object nearly_overflowing(Scenario& t, std::int64_t maxsize) {
  t.needs_option("preset_unfinished");
  const auto limit = t.hello().limits.find("unfinished");
  if (limit == t.hello().limits.end())
    throw DriverError{"its hello has preset_unfinished and no limits.unfinished"};
  Request request = creation(CreatedType::kJoinableQueue, {"q"});
  request.arguments.maxsize = t.bound("root", CreatedType::kJoinableQueue, maxsize);
  request.arguments.unfinished = limit->second - 1;
  return t.root().create(request);
}

const Tests kPutTests{[](const Define& test) {
  test("joinable-queue.put.count-overflow", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = nearly_overflowing(t, 0);
    t.expect(main.call(put(q, t.item("main", 0))), Outcome::kOk, "one below the largest count");
    t.expect(main.call(put(q, t.item("main", 1))), Outcome::kCountOverflow,
             "the count is at its largest");
  });

  test("joinable-queue.put.overflow-without-effect", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = nearly_overflowing(t, 2);
    main.ok(put(q, t.item("main", 0)));
    for (std::int64_t i = 0; i < 3; ++i) {
      t.expect(main.call(put(q, t.item("refused", i), kNoWait)), Outcome::kCountOverflow,
               "the count is at its largest, and nothing else is in the way");
    }
    main.ok(task_done(q));
    t.expect(main.call(put(q, t.item("main", 1), kNoWait)), Outcome::kOk,
             "a refused put takes no slot and leaves the count as it was");
    t.expect_payload(main.call(get(q)), t.item("main", 0));
    t.expect(main.call(put(q, t.item("refused", 3), kNoWait)), Outcome::kCountOverflow,
             "a refused put leaves the count as it was");
    t.expect_payload(main.call(get(q)), t.item("main", 1));
    t.expect(main.call(get(q, within(50ms))), Outcome::kEmpty, "a refused item is never obtained");
  });

  test("joinable-queue.put.stopped-joiner", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.joinable_queue();
    const Actor joiner = main.spawn("joiner", {q});
    const Actor worker = main.spawn("worker", {q});
    main.ok(put(q, t.item("main", 0)));
    worker.ok(get(q));
    Call& joining = joiner.start(join(q));
    t.expect_waits(joining, "for the task");
    t.stop(joiner);
    Call& finishing = worker.start(task_done(q));
    // Whether it ends is for another clause to say.
    static_cast<void>(t.ends_within(finishing, 100ms));
    Call& putting = main.start(put(q, t.item("main", 1), kNoWait));
    t.expect_true(t.ends_within_fairly(putting, t.hang_bound() / 2), "the call ends",
                  "it waits for a process that joins, and that is stopped");
    t.expect(t.finish(putting), Outcome::kOk, "there is no bound");
    t.resume(joiner);
    t.expect(t.finish(finishing), Outcome::kOk, "the task of an item that was obtained");
    t.expect_payload(worker.call(get(q)), t.item("main", 1));
  });

  test("joinable-queue.put.full-after-timeout", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.joinable_queue(1);
    main.ok(put(q, t.item("main", 0)));
    expect_full_after(t, main, q, t.patient(kTimed));
    main.ok(get(q));
    main.ok(task_done(q));
    t.expect(main.call(task_done(q)), Outcome::kTaskDoneTooOften, "a refused put is no task");
  });

  // Whether the item is refused in the put or lost later, its task is done with one task_done at
  // most.
  test("joinable-queue.put.not-serializable-task", [](Scenario& t) {
    t.needs_option("item.fail_serialize");
    const std::string clause = "joinable-queue.put.not-serializable-task";
    const Actor main = t.root();
    const Object q = main.joinable_queue();
    const Item broken = failing_item(t, "main", 0, "serialize");
    const Answer refused = main.call(put(q, broken));
    t.expect_one_of(refused, {Outcome::kOk, Outcome::kNotSerializable, Outcome::kRaised});
    main.ok(put(q, t.item("main", 1)));
    t.expect_payload(main.call(get(q)), t.item("main", 1));
    main.ok(task_done(q));
    const std::string put_ends = refused.outcome == Outcome::kOk ? "put returns" : "put refuses it";
    Call& joining = main.start(join(q).by("joiner"));
    if (t.ends_within(joining, 300ms)) {
      t.observe(clause, put_ends + ", join does not wait for it");
      t.expect(t.finish(joining), Outcome::kOk);
      return;
    }
    t.observe(clause, put_ends + ", join waits for its task");
    t.expect(main.call(task_done(q)), Outcome::kOk, "the task of the item that never came");
    t.expect(t.finish(joining), Outcome::kOk, "every task is done");
  });

  test("joinable-queue.put.slot-freed-by-get", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.joinable_queue(1);
    const Actor producer = main.spawn("producer", {q});
    main.ok(put(q, t.item("main", 0)));
    main.ok(task_done(q));
    Call& waiting = producer.start(put(q, t.item("producer", 0)));
    t.expect_waits(waiting, "for a slot, which no task_done frees");
    const Answer freed = main.ok(get(q));
    const Answer done = t.finish(waiting);
    t.expect(done, Outcome::kOk, "the get freed a slot");
    t.expect_after(done, freed);
    t.expect_payload(main.call(get(q)), t.item("producer", 0));
    t.expect(main.call(put(q, t.item("main", 1), kNoWait)), Outcome::kOk,
             "no task_done is needed for a slot");
  });
}};

}  // namespace
}  // namespace psq::conformance
