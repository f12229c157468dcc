// spec/queue.md, queue.create.* and queue.put.*
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

constexpr auto kTimeout = 200ms;
constexpr std::int64_t kLarge = 2 << 20;

void create_unbounded(Scenario& t) {
  const Actor main = t.root();
  constexpr std::int64_t kMany = 500;
  for (const std::int64_t maxsize : {0, -1}) {
    const Object q = main.queue(maxsize, maxsize == 0 ? "zero" : "negative");
    Call& puts = main.start(run({put(q, t.item("main", 0), kNoWait).with("repeat", kMany)}));
    t.expect(t.finish(puts), Outcome::kOk);
    for (const Answer& answer : puts.events) t.expect(answer, Outcome::kOk, "no bound to reach");
    t.expect_boolean(main.call(full(q)), false, "there is no bound");
  }
}

void create_bound(Scenario& t) {
  const Actor main = t.root();
  for (const std::int64_t maxsize : {1, 5}) {
    const Object q = main.queue(maxsize, "q" + std::to_string(maxsize));
    for (std::int64_t i = 0; i < maxsize; ++i) {
      t.expect(main.call(put(q, t.item("main", i), kNoWait)), Outcome::kOk, "a slot is free");
    }
    t.expect(main.call(put(q, t.item("main", maxsize), kNoWait)), Outcome::kFull,
             "no slot is free");
    t.expect_payload(main.call(get(q)), t.item("main", 0));
    t.expect(main.call(put(q, t.item("main", maxsize), kNoWait)), Outcome::kOk,
             "a get freed a slot");
    t.expect(main.call(put(q, t.item("main", maxsize + 1), kNoWait)), Outcome::kFull,
             "one slot, not two");
  }
}

void returns_without_consumer(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue(4);
  for (std::int64_t i = 0; i < 4; ++i) {
    t.expect(main.call(put(q, t.item("main", i, kLarge))), Outcome::kOk,
             "put does not wait for room or for a get");
  }
}

void blocks_when_full(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue(1);
  const Actor producer = main.spawn("producer", {q});
  main.ok(put(q, t.item("main", 0)));
  Call& waiting = producer.start(put(q, t.item("producer", 0)));
  t.expect_waits_on(waiting, kTimeout, "for a slot");
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
  for (const Nanoseconds timeout : {Nanoseconds{20ms}, Nanoseconds{kTimeout}}) {
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
  const Wait zero = within(0ms);
  const Wait negative = within(-1s);
  const Wait not_blocking_with_timeout{.block = false, .seconds = 5.0};
  for (const Wait& wait : {kNoWait, zero, negative, not_blocking_with_timeout}) {
    t.expect_prompt(0ms, [&] {
      const Answer answer = main.call(put(q, t.item("main", 1), wait));
      t.expect(answer, Outcome::kFull, "no slot is free");
      return answer;
    });
  }
}

void slot_within_timeout(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue(1);
  const Actor producer = main.spawn("producer", {q});
  main.ok(put(q, t.item("main", 0)));
  Call& waiting = producer.start(put(q, t.item("producer", 0), within(60s)));
  t.expect_waits(waiting, "for a slot");
  const Answer freed = main.ok(get(q));
  const Answer done = t.finish(waiting);
  t.expect(done, Outcome::kOk, "a slot became free in time");
  t.expect_after(done, freed);
}

void full_leaves_no_trace(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue(2);
  main.ok(put(q, t.item("main", 0)));
  main.ok(put(q, t.item("main", 1)));
  for (const Wait& wait : {kNoWait, within(20ms), within(0ms)}) {
    t.expect(main.call(put(q, t.item("refused", 0), wait)), Outcome::kFull, "no slot is free");
  }
  t.expect_payload(main.call(get(q)), t.item("main", 0));
  t.expect_payload(main.call(get(q)), t.item("main", 1));
  for (std::int64_t i = 2; i < 4; ++i) {
    t.expect(main.call(put(q, t.item("main", i), kNoWait)), Outcome::kOk,
             "a refused put takes no slot");
  }
  t.expect(main.call(put(q, t.item("refused", 1), kNoWait)), Outcome::kFull,
           "a refused put frees no slot");
  t.expect_payload(main.call(get(q)), t.item("main", 2));
  t.expect_payload(main.call(get(q)), t.item("main", 3));
  t.expect(main.call(get(q, within(50ms))), Outcome::kEmpty, "a refused item is never obtained");
}

const Tests kTests{
    {{"queue.create.unbounded"}, create_unbounded},
    {{"queue.create.bound"}, create_bound},
    {{"queue.put.returns-without-consumer"}, returns_without_consumer},
    {{"queue.put.blocks-when-full"}, blocks_when_full},
    {{"queue.put.full-after-timeout"}, full_after_timeout},
    {{"queue.put.full-at-once"}, full_at_once},
    {{"queue.put.slot-within-timeout"}, slot_within_timeout},
    {{"queue.put.full-leaves-no-trace"}, full_leaves_no_trace},
};

}  // namespace
}  // namespace psq::conformance
