// spec/joinable-queue.md, joinable-queue.task-done.*
#include "clauses/shared/joins.h"
#include "clauses/shared/never_waits.h"
#include "suite/flow.h"
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Tests kTaskDoneTests{[](const Define& test) {
  test("joinable-queue.task-done.too-often", [](Scenario& t) { task_done_too_often(t, "root"); });

  test("joinable-queue.task-done.any-process", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.joinable_queue();
    const Actor taker = main.spawn("taker", {q});
    const Actor finisher = main.spawn("finisher", {q});
    const Actor joiner = main.spawn("joiner", {q});
    main.ok(put(q, t.item("main", 0)));
    taker.ok(get(q));
    Call& joining = joiner.start(join(q));
    t.expect_waits(joining, "for a task");
    t.expect(finisher.call(task_done(q)), Outcome::kOk, "by any process");
    t.expect(t.finish(joining), Outcome::kOk, "every task is done");
    t.expect(main.call(join(q)), Outcome::kOk, "every task is done, for every process");
    t.expect(taker.call(task_done(q)), Outcome::kTaskDoneTooOften,
             "every task is done, for every process");
  });

  test("joinable-queue.task-done.usable-after-too-often", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.joinable_queue(2);
    const Actor worker = main.spawn("worker", {q});
    for (std::int64_t i = 0; i < 3; ++i) {
      t.expect(worker.call(task_done(q)), Outcome::kTaskDoneTooOften, "no task is unfinished");
      main.ok(put(q, t.item("main", i)));
      Call& joining = main.start(join(q).by("joiner"));
      t.expect_waits(joining, "for the one task");
      t.expect_payload(worker.call(get(q)), t.item("main", i));
      t.expect(worker.call(task_done(q)), Outcome::kOk, "the one task");
      t.expect(t.finish(joining), Outcome::kOk, "every task is done");
    }
  });

  test("joinable-queue.task-done.before-get", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.joinable_queue();
    main.ok(put(q, t.item("main", 0)));
    main.ok(put(q, t.item("main", 1)));
    t.expect(main.call(task_done(q)), Outcome::kOk, "before anything was obtained");
    t.expect(main.call(task_done(q)), Outcome::kOk, "before anything was obtained");
    t.expect(main.call(join(q)), Outcome::kOk, "every task is done");
    for (std::int64_t i = 0; i < 2; ++i) t.expect_payload(main.call(get(q)), t.item("main", i));
    t.expect(main.call(task_done(q)), Outcome::kTaskDoneTooOften, "a get adds no task");
  });

  // A consumer that waits for each item finishes its task as soon as it can.
  test("joinable-queue.task-done.at-once-after-get", [](Scenario& t) {
    constexpr std::int64_t kItems = 400;
    const Actor main = t.root();
    const Object q = main.joinable_queue();
    std::vector<Call*> consumers;
    for (const std::string name : {"one", "two"}) {
      std::vector<Request> each;
      for (std::int64_t i = 0; i < kItems / 2; ++i) {
        each.push_back(get(q));
        each.push_back(task_done(q));
      }
      consumers.push_back(&main.spawn(name, {q}).start(run(std::move(each))));
    }
    const Actor producer = main.spawn("producer", {q});
    std::vector<Request> puts;
    for (std::int64_t i = 0; i < kItems; ++i) {
      puts.push_back(put(q, t.item("producer", i)));
      if (i % 4 == 0) puts.push_back(pause(200us));  // so that they come to wait for items
    }
    t.expect(t.finish(producer.start(run(std::move(puts)))), Outcome::kOk);
    for (Call* each : consumers) {
      t.expect(t.finish(*each), Outcome::kOk);
      for (const Answer& event : each->events)
        t.expect(event, Outcome::kOk, "the task of an item that was obtained is counted");
    }
    t.expect(main.call(join(q)), Outcome::kOk, "every task is done");
  });

  // Of more tasks than calls, so that none of the calls ends the joins.
  test("joinable-queue.task-done.never-waits", [](Scenario& t) {
    constexpr std::int64_t kTasks = 100;
    const Actor main = t.root();
    const Object q = main.joinable_queue();
    const Actor other = main.spawn("other", {q});
    const Actor getter = main.spawn("getter", {q});
    main.ok(put_many(t, q, "main", kTasks));
    static_cast<void>(all_obtained(t, main.start(get_many(q, kTasks))));
    t.expect_waits(getter.start(get(q)), "for an item");
    std::int64_t left = kTasks;
    const auto finish_one = [&] {
      main.ok(task_done(q));
      --left;
    };
    while_others_wait(
        t, other, join(q),
        [&] {
          while (left > 0) finish_one();
        },
        [&] {
          expect_at_once(t, main, task_done(q), [&](const Answer& answer) {
            t.expect(answer, Outcome::kOk, "the task of an item that was obtained");
            --left;
          });
        });
  });

  test("joinable-queue.task-done.stopped-joiner", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.joinable_queue();
    const Actor joiner = main.spawn("joiner", {q});
    main.ok(put(q, t.item("main", 0)));
    main.ok(get(q));
    Call& joining = joiner.start(join(q));
    t.expect_waits(joining, "for the task");
    t.stop(joiner);
    Call& finishing = main.start(task_done(q));
    t.expect_true(t.ends_within_fairly(finishing, t.hang_bound() / 2), "the call ends",
                  "it waits for a process that joins, and that is stopped");
    t.expect(t.finish(finishing), Outcome::kOk, "it waits for no process that joins");
    t.resume(joiner);
    t.expect(t.finish(joining), Outcome::kOk, "every task is done");
  });
}};

}  // namespace
}  // namespace psq::conformance
