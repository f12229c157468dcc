// spec/manager.md, manager.create.*, manager.put.* and manager.exit.*
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

constexpr auto kSlow = 300ms;

Item item_that(const Scenario& t, const std::string& fails, std::int64_t seq) {
  Item item = t.item("main", seq);
  item.fail = fails;
  return item;
}

void create_bound(Scenario& t) {
  const Actor main = t.root();
  for (const std::int64_t maxsize : {1, 5}) {
    const Object q = main.queue(maxsize, "q" + std::to_string(maxsize));
    for (std::int64_t i = 0; i < maxsize; ++i)
      t.expect(main.call(put(q, t.item("main", i), kNoWait)), Outcome::kOk, "a slot is free");
    t.expect(main.call(put(q, t.item("main", maxsize), kNoWait)), Outcome::kFull, "none is free");
    t.expect_payload(main.call(get(q)), t.item("main", 0));
    t.expect(main.call(put(q, t.item("main", maxsize), kNoWait)), Outcome::kOk, "a get freed one");
    t.expect(main.call(put(q, t.item("main", 99), kNoWait)), Outcome::kFull, "one, not two");
  }
  for (const std::int64_t maxsize : {0, -1}) {
    const Object q = main.queue(maxsize, maxsize == 0 ? "zero" : "negative");
    Call& puts = main.start(run({put(q, t.item("main", 0), kNoWait).with("repeat", 300)}));
    t.expect(t.finish(puts), Outcome::kOk);
    for (const Answer& answer : puts.events) t.expect(answer, Outcome::kOk, "no bound to reach");
  }
}

void visible_on_return(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue();
  const std::vector<Actor> actors{main, main.spawn("one", {q}), main.spawn("two", {q})};
  for (std::size_t i = 0; i < 60; ++i) {
    const Actor& producer = actors[i % 3];
    const Item item = t.item(producer.name(), static_cast<std::int64_t>(i));
    producer.ok(put(q, item));
    t.expect_payload(actors[(i / 3) % 3].call(get(q, kNoWait)), item);
  }
}

void waits_when_full(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue(1);
  const Actor producer = main.spawn("producer", {q});
  main.ok(put(q, t.item("main", 0)));
  Call& waiting = producer.start(put(q, t.item("producer", 0)));
  t.expect_waits(waiting, "for a slot");
  t.expect_true(!t.ends_within(waiting, 400ms), "the put waits until a slot becomes free",
                "it ended before");
  const Answer freed = main.ok(get(q));
  const Answer done = t.finish(waiting);
  t.expect(done, Outcome::kOk, "a slot became free");
  t.expect_after(done, freed);
  t.expect_payload(main.call(get(q)), t.item("producer", 0));
}

void full_after_timeout(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue(1);
  const Actor producer = main.spawn("producer", {q});
  main.ok(put(q, t.item("main", 0)));
  for (const Nanoseconds timeout : {Nanoseconds{20ms}, Nanoseconds{200ms}}) {
    t.expect_prompt(timeout, [&] {
      const Answer answer = producer.call(put(q, t.item("producer", 1), within(timeout)));
      t.expect(answer, Outcome::kFull, "no slot became free");
      t.expect_not_before(answer, timeout);
      return answer;
    });
  }
}

void full_at_once(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue(1);
  main.ok(put(q, t.item("main", 0)));
  for (const Wait& wait : {kNoWait, within(0ms), Wait{.block = false, .seconds = 5.0}}) {
    t.expect_prompt(0ms, [&] {
      const Answer answer = main.call(put(q, t.item("main", 1), wait));
      t.expect(answer, Outcome::kFull, "no slot is free");
      return answer;
    });
  }
}

void full_leaves_no_trace(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.joinable_queue(2);
  for (std::int64_t i = 0; i < 2; ++i) main.ok(put(q, t.item("main", i)));
  for (const Wait& wait : {kNoWait, within(20ms), within(0ms)})
    t.expect(main.call(put(q, t.item("refused", 0), wait)), Outcome::kFull, "no slot is free");
  for (std::int64_t i = 0; i < 2; ++i) t.expect_payload(main.call(get(q)), t.item("main", i));
  t.expect(main.call(get(q, within(100ms))), Outcome::kEmpty, "a refused item is never obtained");
  for (std::int64_t i = 0; i < 2; ++i) main.ok(task_done(q));
  t.expect(main.call(task_done(q)), Outcome::kTaskDoneTooOften, "a refused put adds no task");
  for (std::int64_t i = 2; i < 4; ++i)
    t.expect(main.call(put(q, t.item("main", i), kNoWait)), Outcome::kOk, "it takes no slot");
  t.expect(main.call(put(q, t.item("refused", 1), kNoWait)), Outcome::kFull, "it frees no slot");
}

void serializes_in_call(Scenario& t) {
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
}

void not_serializable(Scenario& t) {
  t.needs_option("item.fail_serialize");
  const Actor main = t.root();
  const Object q = main.joinable_queue(2);
  for (std::int64_t i = 0; i < 4; ++i) {
    t.expect(main.call(put(q, item_that(t, "serialize", i))), Outcome::kNotSerializable,
             "the caller learns of it");
  }
  t.expect_number(main.call(qsize(q)), 0, "it takes no slot");
  t.expect(main.call(get(q, kNoWait)), Outcome::kEmpty, "nothing was put");
  t.expect(main.call(task_done(q)), Outcome::kTaskDoneTooOften, "it adds no task");
  for (std::int64_t i = 0; i < 2; ++i)
    t.expect(main.call(put(q, t.item("main", i), kNoWait)), Outcome::kOk, "every slot is free");
  for (std::int64_t i = 0; i < 2; ++i) t.expect_payload(main.call(get(q)), t.item("main", i));
}

void survives_producer(Scenario& t) {
  constexpr std::int64_t kItems = 50;
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor producer = main.spawn("producer", {q});
  for (std::int64_t i = 0; i < kItems; ++i) producer.ok(put(q, t.item("producer", i)));
  t.kill(producer);
  const Obtained obtained = all_obtained(t, main.start(get_many(q, kItems)));
  expect_exactly_once(t, {{"producer", kItems}}, {obtained});
  expect_prefix(t, "producer", obtained.answers);
}

void exit_does_not_wait(Scenario& t) {
  constexpr std::int64_t kItems = 6;
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor producer = main.spawn("producer", {q});
  producer.ok(put_many(t, q, "producer", kItems, kMegabyte));
  producer.ok(end_by("return"));
  t.expect_end(producer);
  const Obtained obtained = all_obtained(t, main.start(get_many(q, kItems)));
  expect_exactly_once(t, {{"producer", kItems}}, {obtained});
  expect_prefix(t, "producer", obtained.answers);
}

const Tests kTests{
    {{"manager.create.bound"}, create_bound},
    {{"manager.put.visible-on-return"}, visible_on_return},
    {{"manager.put.waits-when-full"}, waits_when_full},
    {{"manager.put.full-after-timeout"}, full_after_timeout},
    {{"manager.put.full-at-once"}, full_at_once},
    {{"manager.put.full-leaves-no-trace"}, full_leaves_no_trace},
    {{"manager.put.serializes-in-call"}, serializes_in_call},
    {{"manager.put.not-serializable"}, not_serializable},
    {{"manager.put.survives-producer"}, survives_producer},
    {{"manager.exit.does-not-wait"}, exit_does_not_wait},
};

}  // namespace
}  // namespace psq::conformance
