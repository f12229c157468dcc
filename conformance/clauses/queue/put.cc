// spec/queue.md, queue.put.*
#include "clauses/queue/as_timeout_ends.h"
#include "clauses/queue/timeouts.h"
#include "clauses/queue/waiting_calls.h"
#include "clauses/shared/at_rest.h"
#include "clauses/shared/never_waits.h"
#include "clauses/shared/one_clock.h"
#include "clauses/shared/puts.h"
#include "clauses/shared/scale.h"
#include "clauses/shared/stopped_in_call.h"
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

constexpr std::int64_t kLarge = 2 << 20;

void put_waits(Scenario& t, const Wait& wait) {
  const Actor main = t.root();
  const Object q = main.queue(1);
  const Actor producer = main.spawn("producer", {q});
  t.expect(producer.call(put(q, t.item("producer", 0), wait)), Outcome::kOk, "a slot is free");
  Call& waiting = producer.start(put(q, t.item("producer", 1), wait));
  t.expect_waits_on(waiting, kWatched, "for a slot");
  const Answer freed = main.ok(get(q));
  const Answer done = t.finish(waiting);
  t.expect(done, Outcome::kOk, "a slot became free");
  t.expect_after(done, freed);
  t.expect_payload(main.call(get(q)), t.item("producer", 1));
}

void putters_served(Scenario& t, const Wait& wait, int waiting = 4) {
  const Actor main = t.root();
  const Object q = main.queue(1);
  const Actor left = main.spawn("left", {q});
  const Actor right = main.spawn("right", {q});
  main.ok(put(q, t.item("main", 0)));
  const auto puts = waiting_calls(
      t, {left, right}, waiting, [&](int i) { return put(q, t.item("waiting", i), wait); },
      "for a slot");
  const Obtained obtained = all_obtained(t, main.start(get_many(q, waiting + 1)));
  for (Call* each : puts) t.expect(t.finish(*each), Outcome::kOk, "a slot for each");
  expect_exactly_once(t, {{"main", 1}, {"waiting", waiting}}, {obtained});
}

// A queue that one item fills.
Object full_queue(Scenario& t, QueueKind kind) {
  const Object q = make(t.root(), kind, 1);
  t.root().ok(put(q, t.item("main", 0)));
  return q;
}

void put_clock_starts_once(Scenario& t, QueueKind kind) {
  const Object q = full_queue(t, kind);
  const Actor other = t.root().spawn("other", {q});
  const AskTimed ask = [&](const Wait& wait) { return put(q, t.item("waiting", 0), wait); };
  clock_starts_once_behind(t, other, t.root(), ask, Outcome::kFull);
}

void put_clock_starts_once_beside(Scenario& t, QueueKind kind) {
  const Actor main = t.root();
  const Object q = full_queue(t, kind);
  std::vector<Actor> producers;
  for (const std::string name : {"oldest", "timed", "newest"})
    producers.push_back(main.spawn(name, {q}));
  std::int64_t seq = 0;
  clock_starts_once_beside(
      t, producers, [&](const Wait& wait) { return put(q, t.item("waiting", seq++), wait); },
      Outcome::kFull, [&] { main.ok(get(q)); });
}

// The items of the other queue are more than transports hold; they are obtained at the end, so that
// the producer can end.
void visible_beside_stuck_queue(Scenario& t, QueueKind kind) {
  constexpr std::int64_t kStuck = 2;
  const Actor main = t.root();
  const Object stuck = make(main, kind, 0, "stuck");
  const Object q = make(main, kind);
  const Actor producer = main.spawn("producer", {stuck, q});
  producer.ok(put_many(t, stuck, "producer", kStuck, kLarger));
  for (std::int64_t i = 0; i < 3; ++i) {
    producer.ok(put(q, t.item("producer", i)));
    t.expect_payload(main.call(get(q)), t.item("producer", i));
  }
  const Obtained obtained = all_obtained(t, main.start(get_many(stuck, kStuck)));
  expect_exactly_once(t, {{"producer", kStuck}}, {obtained});
}

// A put that is told not to wait, by the root process.
void expect_put_at_once(Scenario& t, const Object& q, Outcome outcome, const std::string& why) {
  expect_at_once_without_time(
      t, t.root(), [&](const Wait& wait) { return put(q, t.item("main", 1), wait); }, outcome, why);
}

const Tests kPutTests{[](const Define& test) {
  test("queue.put.returns-without-consumer", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue(4);
    for (std::int64_t i = 0; i < 4; ++i) {
      t.expect(main.call(put(q, t.item("main", i, kLarge))), Outcome::kOk,
               "put does not wait for room or for a get");
    }
  });

  test("queue.put.blocks-when-full",
       [](Scenario& t) { put_waits_for_slot(t, QueueKind::kQueue, 200ms); });

  test("queue.put.full-after-timeout",
       [](Scenario& t) { put_full_after_timeout(t, QueueKind::kQueue); });

  test("queue.put.tiny-timeout", [](Scenario& t) {
    const Object q = t.root().queue(1);
    t.root().ok(put(q, t.item("main", 0)));
    const Item refused = t.item("refused", 0);
    never_early(
        t, [&](const Wait& wait) { return put(q, refused, wait); }, Outcome::kFull);
  });

  test("queue.put.huge-timeout", [](Scenario& t) { put_waits(t, within(kHuge)); });

  test("queue.put.infinite-timeout", [](Scenario& t) { put_waits(t, kInfinite); });

  test("queue.put.nan-refused", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue(1);
    t.expect(main.call(put(q, t.item("refused", 0), kNan)), Outcome::kInvalidArgument,
             "a timeout that is not a number, a slot free");
    t.expect_number(main.call(qsize(q)), 0, "a refused put takes no slot");
    main.ok(put(q, t.item("main", 0), kNoWait));
    t.expect(main.call(put(q, t.item("refused", 1), kNan)), Outcome::kInvalidArgument,
             "a timeout that is not a number, no slot free");
    t.expect_payload(main.call(get(q)), t.item("main", 0));
    t.expect(main.call(get(q, within(30ms))), Outcome::kEmpty, "a refused item is never obtained");
  });

  test("queue.put.timeouts-each-own", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue(1);
    const Actor other = main.spawn("other", {q});
    main.ok(put(q, t.item("main", 0)));
    t.expect_prompt(0ms, [&] {
      return latest_of_several(
          t, {main, other}, [&](const Wait& wait) { return put(q, t.item("main", 1), wait); },
          Outcome::kFull);
    });
  });

  test("queue.put.timeout-beyond-32-bits", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = full_queue(t, QueueKind::kQueue);
    const Actor producer = main.spawn("producer", {q});
    for (const Nanoseconds timeout : kBeyond32Bits) {
      Call& waiting = producer.start(put(q, t.item("producer", 0), within(timeout)));
      t.expect_waits_on(waiting, kWatched, "for a slot");
      main.ok(get(q));
      t.expect(t.finish(waiting), Outcome::kOk, "a slot became free");
    }
  });

  test("queue.put.clock-starts-once",
       [](Scenario& t) { put_clock_starts_once(t, QueueKind::kQueue); });

  test("queue.put.clock-starts-once/joinable",
       [](Scenario& t) { put_clock_starts_once(t, QueueKind::kJoinable); });

  test("queue.put.clock-starts-once/another-is-served",
       [](Scenario& t) { put_clock_starts_once_beside(t, QueueKind::kQueue); });

  test("queue.put.slot-at-rest", [](Scenario& t) { put_takes_slot_at_rest(t, QueueKind::kQueue); });

  test("queue.put.slot-at-rest/joinable",
       [](Scenario& t) { put_takes_slot_at_rest(t, QueueKind::kJoinable); });

  test("queue.put.never-waits", [](Scenario& t) {
    const Object q = full_queue(t, QueueKind::kQueue);
    while_others_wait(
        t, t.root().spawn("other", {q}), put(q, t.item("waiting", 0)), [&] { t.root().ok(get(q)); },
        [&] { expect_put_at_once(t, q, Outcome::kFull, "no slot is free"); });
  });

  test("queue.put.never-waits/another-gets", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue();
    Call& getting = main.spawn("other", {q}).start(get(q));
    t.expect_waits(getting, "for an item");
    expect_put_at_once(t, q, Outcome::kOk, "there is no bound");
    t.expect(t.finish(getting), Outcome::kOk, "it obtains the first item");
  });

  test("queue.put.never-waits/another-in-item", [](Scenario& t) {
    while_another_is_in_item(t, QueueKind::kQueue, [&](const Object& q) {
      expect_put_at_once(t, q, Outcome::kOk, "there is no bound");
    });
  });

  test("queue.put.never-waits/another-joins", [](Scenario& t) {
    while_another_joins(t, 0, [&](const Object& q) {
      expect_put_at_once(t, q, Outcome::kOk, "there is no bound");
    });
  });

  test("queue.put.never-waits/another-joins-full", [](Scenario& t) {
    while_another_joins(t, 1, [&](const Object& q) {
      const Actor main = t.root();
      if (main.ok(qsize(q)).value.number == 0) main.ok(put(q, t.item("main", 1)));
      expect_put_at_once(t, q, Outcome::kFull, "no slot is free");
    });
  });

  test("queue.put.never-waits/stopped-in-call", [](Scenario& t) {
    const CallsAt calls = [&](const Object& q, int stop) -> std::vector<Request> {
      return {put(q, t.item("main", stop), stop % 2 == 0 ? kNoWait : within(0ms))};
    };
    while_others_stand_in_calls(
        t, QueueKind::kQueue, Stopped::kAll, calls, [&](const Answer& answer) {
          t.expect_one_of(answer, {Outcome::kOk, Outcome::kFull}, "a slot, or none for this put");
        });
  });

  test("queue.put.full-at-once", [](Scenario& t) {
    put_full_at_once(t, QueueKind::kQueue,
                     {kNoWait, within(0ms), within(-1s), Wait{.block = false, .seconds = 5.0}});
  });

  for (const auto& [kind, name] :
       {std::pair{QueueKind::kQueue, ""}, std::pair{QueueKind::kJoinable, "/joinable"}}) {
    test(std::string{"queue.put.other-queue-stuck"} + name,
         [kind = kind](Scenario& t) { visible_beside_stuck_queue(t, kind); });
  }

  test("queue.put.slot-within-timeout", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue(1);
    const Actor producer = main.spawn("producer", {q});
    main.ok(put(q, t.item("main", 0)));
    Call& waiting = producer.start(put(q, t.item("producer", 0), within(kLong)));
    t.expect_waits(waiting, "for a slot");
    const Answer freed = main.ok(get(q));
    const Answer done = t.finish(waiting);
    t.expect(done, Outcome::kOk, "a slot became free in time");
    t.expect_after(done, freed);
  });

  test("queue.put.all-waiting-served", [](Scenario& t) { putters_served(t, kForever); });

  // More than a small table of waiting threads holds.
  test("queue.put.all-waiting-served/crowd",
       [](Scenario& t) { putters_served(t, kForever, kCrowd); });

  test("queue.put.all-waiting-served/timed", [](Scenario& t) { putters_served(t, within(kLong)); });

  test("queue.put.full-leaves-no-trace",
       [](Scenario& t) { full_leaves_no_trace(t, QueueKind::kQueue); });

  test("queue.put.full-leaves-no-trace/as-the-timeout-ends",
       [](Scenario& t) { slot_as_timeout_ends(t, QueueKind::kQueue); });

  test("queue.put.serialized-when", [](Scenario& t) {
    constexpr auto kSlow = 300ms;
    t.needs_option("item.slow_serialize");
    const Actor main = t.root();
    const Object q = main.queue();
    Item slow = t.item("main", 0);
    slow.slow_serialize = std::chrono::duration<double>{kSlow}.count();
    const Answer answer = main.ok(put(q, slow));
    t.observe("queue.put.serialized-when", answer.took() >= kSlow ? "in put" : "after put");
    t.expect_payload(main.call(get(q)), t.item("main", 0));
  });

  test("queue.put.unserializable-outcome", [](Scenario& t) {
    t.needs_option("item.fail_serialize");
    const Actor main = t.root();
    const Object q = main.queue();
    const Answer answer = main.call(put(q, failing_item(t, "failing", 0, "serialize")));
    t.expect_one_of(answer, {Outcome::kNotSerializable, Outcome::kOk});
    t.observe("queue.put.unserializable-outcome", answer.outcome == Outcome::kOk
                                                      ? "put returns, the item is dropped"
                                                      : "put ends as not_serializable");
  });

  test.thorough()("queue.put.blocks-when-full/longer-than-defaults", [](Scenario& t) {
    put_waits_for_slot(t, QueueKind::kQueue, kLongerThanDefaults);
  });
}};

}  // namespace
}  // namespace psq::conformance
