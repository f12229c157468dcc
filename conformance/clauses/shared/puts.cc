#include "clauses/shared/puts.h"

#include <string>

#include "suite/flow.h"

namespace psq::conformance {
namespace {

void expect_no_task_of_refused(Scenario& t, const Actor& main, const Object& q) {
  for (std::int64_t i = 0; i < 2; ++i) main.ok(task_done(q));
  t.expect(main.call(task_done(q)), Outcome::kTaskDoneTooOften, "a refused put adds no task");
}

}  // namespace

void no_bound(Scenario& t, QueueKind kind) {
  constexpr std::int64_t kMany = 500;
  const Actor main = t.root();
  t.needs_unbounded(main.name(), kind == QueueKind::kJoinable ? CreatedType::kJoinableQueue
                                                              : CreatedType::kQueue);
  for (const std::int64_t maxsize : {0, -1}) {
    const Object q = make(main, kind, maxsize, maxsize == 0 ? "zero" : "negative");
    Call& puts = main.start(run({put(q, t.item("main", 0), kNoWait).repeated(kMany)}));
    t.expect(t.finish(puts), Outcome::kOk);
    for (const Answer& answer : puts.events) t.expect(answer, Outcome::kOk, "no bound to reach");
    t.expect_boolean(main.call(full(q)), false, "there is no bound");
  }
}

Object filled(Scenario& t, QueueKind kind, std::int64_t maxsize) {
  const Actor main = t.root();
  const Object q = make(main, kind, maxsize, "q" + std::to_string(maxsize));
  for (std::int64_t i = 0; i < maxsize; ++i)
    t.expect(main.call(put(q, t.item("main", i), kNoWait)), Outcome::kOk, "a slot is free");
  t.expect(main.call(put(q, t.item("main", maxsize), kNoWait)), Outcome::kFull, "no slot is free");
  return q;
}

void bound_is_kept(Scenario& t, QueueKind kind, std::int64_t maxsize) {
  const Actor main = t.root();
  const Object q = filled(t, kind, maxsize);
  t.expect_payload(main.call(get(q)), t.item("main", 0));
  t.expect(main.call(put(q, t.item("main", maxsize), kNoWait)), Outcome::kOk, "a get freed a slot");
  t.expect(main.call(put(q, t.item("main", maxsize + 1), kNoWait)), Outcome::kFull,
           "one slot, not two");
}

void put_waits_for_slot(Scenario& t, QueueKind kind, Nanoseconds at_least) {
  const Actor main = t.root();
  const Object q = make(main, kind, 1);
  const Actor producer = main.spawn("producer", {q});
  main.ok(put(q, t.item("main", 0)));
  Call& waiting = producer.start(put(q, t.item("producer", 0)));
  t.expect_waits_on(waiting, at_least, "for a slot");
  const Answer freed = main.ok(get(q));
  const Answer done = t.finish(waiting);
  t.expect(done, Outcome::kOk, "a slot became free");
  t.expect_after(done, freed);
  t.expect_payload(main.call(get(q)), t.item("producer", 0));
}

void expect_full_after(Scenario& t, const Actor& producer, const Object& q, Nanoseconds timeout) {
  t.expect_prompt(timeout, [&] {
    const Answer answer = producer.call(put(q, t.item("refused", 0), within(timeout)));
    t.expect(answer, Outcome::kFull, "no slot became free");
    t.expect_not_before(answer, timeout);
    return answer;
  });
}

void put_full_after_timeout(Scenario& t, QueueKind kind) {
  const Actor main = t.root();
  const Object q = make(main, kind, 1);
  const Actor producer = main.spawn("producer", {q});
  main.ok(put(q, t.item("main", 0)));
  expect_full_after(t, producer, q, 20ms);
  expect_full_after(t, producer, q, 200ms);
}

void put_full_at_once(Scenario& t, QueueKind kind, const std::vector<Wait>& waits) {
  const Actor main = t.root();
  const Object q = make(main, kind, 1);
  main.ok(put(q, t.item("main", 0)));
  for (const Wait& wait : waits) {
    t.expect_prompt(0ms, [&] {
      const Answer answer = main.call(put(q, t.item("main", 1), wait));
      t.expect(answer, Outcome::kFull, "no slot is free");
      return answer;
    });
  }
}

void full_leaves_no_trace(Scenario& t, QueueKind kind) {
  const Actor main = t.root();
  const Object q = make(main, kind, 2);
  for (std::int64_t i = 0; i < 2; ++i) main.ok(put(q, t.item("main", i)));
  for (const Wait& wait : {kNoWait, within(20ms), within(0ms)})
    t.expect(main.call(put(q, t.item("refused", 0), wait)), Outcome::kFull, "no slot is free");
  for (std::int64_t i = 0; i < 2; ++i) t.expect_payload(main.call(get(q)), t.item("main", i));
  if (kind == QueueKind::kJoinable) expect_no_task_of_refused(t, main, q);
  for (std::int64_t i = 2; i < 4; ++i) {
    t.expect(main.call(put(q, t.item("main", i), kNoWait)), Outcome::kOk,
             "a refused put takes no slot");
  }
  t.expect(main.call(put(q, t.item("refused", 1), kNoWait)), Outcome::kFull,
           "a refused put frees no slot");
  for (std::int64_t i = 2; i < 4; ++i) t.expect_payload(main.call(get(q)), t.item("main", i));
  t.expect(main.call(get(q, within(100ms))), Outcome::kEmpty, "a refused item is never obtained");
}

void put_survives_producer(Scenario& t, QueueKind kind) {
  constexpr std::int64_t kItems = 50;
  const Actor main = t.root();
  const Object q = make(main, kind);
  const Actor producer = main.spawn("producer", {q});
  for (std::int64_t i = 0; i < kItems; ++i) producer.ok(put(q, t.item("producer", i)));
  t.kill(producer);
  const Obtained obtained = all_obtained(t, main.start(get_many(q, kItems)));
  expect_exactly_once(t, {{"producer", kItems}}, {obtained});
  expect_prefix(t, "producer", obtained.answers);
}

}  // namespace psq::conformance
