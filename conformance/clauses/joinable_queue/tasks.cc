// spec/joinable-queue.md: the count of unfinished tasks in odd moments
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

void usable_after_too_often(Scenario& t) {
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
}

// A joinable queue in which one more task can be counted.
Object nearly_overflowing(Scenario& t, std::int64_t maxsize) {
  t.needs_option("preset_unfinished");
  const auto limit = t.hello().limits.find("unfinished");
  if (limit == t.hello().limits.end())
    throw DriverError{"its hello has preset_unfinished and no limits.unfinished"};
  const Request create = Request{.verb = "create", .type = "process"}
                             .with("type", std::string{"joinable_queue"})
                             .with("names", std::vector<std::string>{"q"})
                             .with("maxsize", maxsize)
                             .with("unfinished", limit->second - 1);
  return t.root().create("joinable_queue", create, "q");
}

void overflow_without_effect(Scenario& t) {
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
}

void again_after_zero(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.joinable_queue();
  const Actor worker = main.spawn("worker", {q});
  for (std::int64_t i = 0; i < 3; ++i) {
    main.ok(put(q, t.item("main", i)));
    Call& joining = main.start(join(q).by("joiner"));
    t.expect_waits(joining, "for the newest task");
    worker.ok(get(q));
    const Answer last = worker.ok(task_done(q));
    const Answer joined = t.finish(joining);
    t.expect(joined, Outcome::kOk, "every task is done");
    t.expect_after(joined, last);
  }
}

void every_producer(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.joinable_queue();
  const Actor producer = main.spawn("producer", {q});
  const Actor joiner = main.spawn("joiner", {q});
  producer.ok(put(q, t.item("producer", 0)));
  main.ok(put(q, t.item("main", 0)));
  std::vector<Call*> joins{&joiner.start(join(q)), &joiner.start(join(q).by("beside")),
                           &main.start(join(q).by("joiner"))};
  for (Call* each : joins) t.expect_waits(*each, "for the tasks of both producers");
  main.ok(task_done(q));
  for (Call* each : joins) t.expect_waits(*each, "for the other task");
  const Answer last = producer.ok(task_done(q));
  for (Call* each : joins) {
    const Answer joined = t.finish(*each);
    t.expect(joined, Outcome::kOk, "every task is done");
    t.expect_after(joined, last);
  }
}

// The count comes to zero and leaves it again without a word from the suite in between.
void zero_for_a_moment(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.joinable_queue();
  const Actor worker = main.spawn("worker", {q});
  main.ok(put(q, t.item("main", 0)));
  Call& joining = main.start(join(q).by("joiner"));
  t.expect_waits(joining, "for a task");
  const Answer moment = worker.ok(run({task_done(q), put(q, t.item("worker", 0))}));
  const bool ended = t.ends_within(joining, 300ms);
  t.observe("joinable-queue.join.zero-for-a-moment",
            ended ? "the join returns" : "the join waits on");
  if (ended) t.expect_after(*joining.answer, moment);
  main.ok(task_done(q));
  t.expect(t.finish(joining), Outcome::kOk, "every task is done");
}

void before_get(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.joinable_queue();
  main.ok(put(q, t.item("main", 0)));
  main.ok(put(q, t.item("main", 1)));
  t.expect(main.call(task_done(q)), Outcome::kOk, "before anything was obtained");
  t.expect(main.call(task_done(q)), Outcome::kOk, "before anything was obtained");
  t.expect(main.call(join(q)), Outcome::kOk, "every task is done");
  for (std::int64_t i = 0; i < 2; ++i) t.expect_payload(main.call(get(q)), t.item("main", i));
  t.expect(main.call(task_done(q)), Outcome::kTaskDoneTooOften, "a get adds no task");
}

// A consumer that waits for each item finishes its task as soon as it can.
void at_once_after_get(Scenario& t) {
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
}

// Whether the item is refused in the put or lost later, its task is done with one task_done at
// most.
void not_serializable(Scenario& t) {
  t.needs_option("item.fail_serialize");
  const std::string clause = "joinable-queue.put.not-serializable-task";
  const Actor main = t.root();
  const Object q = main.joinable_queue();
  Item broken = t.item("main", 0);
  broken.fail = "serialize";
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
}

// The item is consumed, its slot is free, its task is still to be done.
void not_deserializable(Scenario& t) {
  t.needs_option("item.fail_deserialize");
  const Actor main = t.root();
  const Object q = main.joinable_queue(1);
  Item broken = t.item("main", 0);
  broken.fail = "deserialize";
  main.ok(put(q, broken));
  t.expect(main.call(get(q)), Outcome::kNotDeserializable, "the item cannot be made");
  t.expect(main.call(put(q, t.item("main", 1), kNoWait)), Outcome::kOk, "its slot is free");
  t.expect_payload(main.call(get(q)), t.item("main", 1));
  t.expect(main.call(task_done(q)), Outcome::kOk, "one of two tasks");
  Call& joining = main.start(join(q).by("joiner"));
  t.expect_waits(joining, "for the task of the broken item");
  t.expect(main.call(task_done(q)), Outcome::kOk, "the other task");
  t.expect(t.finish(joining), Outcome::kOk, "every task is done");
}

const Tests kTests{
    {{"joinable-queue.task-done.usable-after-too-often"}, usable_after_too_often},
    {{"joinable-queue.put.overflow-without-effect"}, overflow_without_effect},
    {{"joinable-queue.join.again-after-zero"}, again_after_zero},
    {{"joinable-queue.join.every-producer"}, every_producer},
    {{"joinable-queue.join.zero-for-a-moment"}, zero_for_a_moment},
    {{"joinable-queue.task-done.before-get"}, before_get},
    {{"joinable-queue.task-done.at-once-after-get"}, at_once_after_get},
    {{"joinable-queue.put.not-serializable-task"}, not_serializable},
    {{"joinable-queue.get.not-deserializable"}, not_deserializable},
};

}  // namespace
}  // namespace psq::conformance
