// spec/queue.md, queue.get.*
#include "clauses/failure/in_message.h"
#include "clauses/queue/as_timeout_ends.h"
#include "clauses/queue/timeouts.h"
#include "clauses/queue/waiting_calls.h"
#include "clauses/shared/at_rest.h"
#include "clauses/shared/descriptors.h"
#include "clauses/shared/gets.h"
#include "clauses/shared/never_waits.h"
#include "clauses/shared/one_clock.h"
#include "clauses/shared/scale.h"
#include "clauses/shared/serializing.h"
#include "clauses/shared/stopped_in_call.h"
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

void getters_served(Scenario& t, const Wait& wait, int waiting = 4) {
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor left = main.spawn("left", {q});
  const Actor right = main.spawn("right", {q});
  const auto gets = waiting_calls(
      t, {left, right}, waiting, [&](int) { return get(q, wait); }, "for an item");
  // One after the other: each put has to wake a get that still waits.
  for (std::int64_t i = 0; i < waiting; ++i) main.ok(put(q, t.item("main", i)));
  std::vector<Obtained> obtained;
  for (Call* each : gets) obtained.push_back({.by = each->process, .answers = {t.finish(*each)}});
  expect_exactly_once(t, {{"main", waiting}}, obtained);
}

void get_clock_starts_once(Scenario& t, QueueKind kind) {
  const Actor main = t.root();
  const Object q = make(main, kind);
  const AskTimed ask = [&](const Wait& wait) { return get(q, wait); };
  const Actor other = main.spawn("other", {q});
  clock_starts_once_behind(t, other, main, ask, Outcome::kEmpty);
}

void get_clock_starts_once_beside(Scenario& t, QueueKind kind) {
  const Actor main = t.root();
  const Object q = make(main, kind);
  std::vector<Actor> consumers;
  for (const std::string name : {"oldest", "timed", "newest"})
    consumers.push_back(main.spawn(name, {q}));
  std::int64_t seq = 0;
  clock_starts_once_beside(
      t, consumers, [&](const Wait& wait) { return get(q, wait); }, Outcome::kEmpty,
      [&] { main.ok(put(q, t.item("main", seq++))); });
}

// A get that is told not to wait, by the root process, on a queue that holds nothing for it.
void expect_nothing_at_once(Scenario& t, const Object& q) {
  expect_at_once_without_time(
      t, t.root(), [&](const Wait& wait) { return get(q, wait); }, Outcome::kEmpty,
      "nothing is there for this get");
}

std::string how_it_gets_part_of_item(Scenario& t, const Wait& wait, std::int64_t number) {
  const Actor main = t.root();
  const Object q = main.queue(0, "q" + std::to_string(number));
  const Actor producer = in_large_message(t, main, q, "producer" + std::to_string(number));
  t.stop(producer);
  Call& getting = main.start(get(q, wait));
  const bool ended = t.ends_within(getting, t.patient(1s));
  t.resume(producer);
  const Item item = t.item(producer.name(), 3, kLarger);
  const Answer answer = t.finish(getting);
  t.expect_one_of(answer, {Outcome::kOk, Outcome::kEmpty}, "the item, or nothing yet");
  t.expect_payload(answer.outcome == Outcome::kOk ? answer : main.ok(get(q)), item);
  if (!ended) return "waits for the rest";
  return answer.outcome == Outcome::kOk ? "obtains the item" : "empty in time";
}

const Tests kGetTests{[](const Define& test) {
  test("queue.get.waits-for-item",
       [](Scenario& t) { get_waits_for_item(t, QueueKind::kQueue, kForever, 200ms); });

  test.thorough()("queue.get.waits-for-item/longer-than-defaults", [](Scenario& t) {
    get_waits_for_item(t, QueueKind::kQueue, kForever, kLongerThanDefaults);
  });

  test("queue.get.empty-after-timeout",
       [](Scenario& t) { get_empty_after_timeout(t, QueueKind::kQueue); });

  test("queue.get.tiny-timeout", [](Scenario& t) {
    const Object q = t.root().queue();
    never_early(
        t, [&](const Wait& wait) { return get(q, wait); }, Outcome::kEmpty);
  });

  test("queue.get.huge-timeout",
       [](Scenario& t) { get_waits_for_item(t, QueueKind::kQueue, within(kHuge), kWatched); });

  test("queue.get.infinite-timeout",
       [](Scenario& t) { get_waits_for_item(t, QueueKind::kQueue, kInfinite, kWatched); });

  test("queue.get.nan-refused", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue(1);
    t.expect(main.call(get(q, kNan)), Outcome::kInvalidArgument,
             "a timeout that is not a number, no item there");
    main.ok(put(q, t.item("main", 0)));
    t.eventually_boolean(main, empty(q), false);
    t.expect(main.call(get(q, kNan)), Outcome::kInvalidArgument,
             "a timeout that is not a number, an item there");
    t.expect_number(main.call(qsize(q)), 1, "a refused get obtains nothing");
    t.expect_payload(main.call(get(q)), t.item("main", 0));
  });

  test("queue.get.timeouts-each-own", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor other = main.spawn("other", {q});
    t.expect_prompt(0ms, [&] {
      return latest_of_several(
          t, {main, other}, [&](const Wait& wait) { return get(q, wait); }, Outcome::kEmpty);
    });
  });

  test("queue.get.timeout-beyond-32-bits", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor consumer = main.spawn("consumer", {q});
    for (const Nanoseconds timeout : kBeyond32Bits)
      expect_get_waits(t, consumer, q, within(timeout), kWatched);
  });

  test("queue.get.clock-starts-once",
       [](Scenario& t) { get_clock_starts_once(t, QueueKind::kQueue); });

  test("queue.get.clock-starts-once/joinable",
       [](Scenario& t) { get_clock_starts_once(t, QueueKind::kJoinable); });

  test("queue.get.clock-starts-once/another-is-served",
       [](Scenario& t) { get_clock_starts_once_beside(t, QueueKind::kQueue); });

  test("queue.get.clock-starts-once/another-in-item", get_clock_runs_behind_part_of_item);

  test("queue.get.item-at-rest", [](Scenario& t) { get_obtains_at_rest(t, QueueKind::kQueue); });

  test("queue.get.item-at-rest/joinable",
       [](Scenario& t) { get_obtains_at_rest(t, QueueKind::kJoinable); });

  test("queue.get.never-waits", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue();
    std::int64_t seq = 0;
    while_others_wait(
        t, main.spawn("other", {q}), get(q), [&] { main.ok(put(q, t.item("main", seq++))); },
        [&] { expect_nothing_at_once(t, q); });
  });

  test("queue.get.never-waits/another-in-item", [](Scenario& t) {
    while_another_is_in_item(t, QueueKind::kQueue,
                             [&](const Object& q) { expect_nothing_at_once(t, q); });
  });

  test("queue.get.never-waits/another-joins", [](Scenario& t) {
    while_another_joins(t, 0, [&](const Object& q) { expect_nothing_at_once(t, q); });
  });

  test("queue.get.never-waits/stopped-in-call", [](Scenario& t) {
    const CallsAt calls = [](const Object& q, int stop) -> std::vector<Request> {
      return {get(q, stop % 2 == 0 ? kNoWait : within(0ms))};
    };
    while_others_stand_in_calls(
        t, QueueKind::kQueue, Stopped::kConsumers, calls, [&](const Answer& answer) {
          t.expect_one_of(answer, {Outcome::kOk, Outcome::kEmpty}, "an item, or none for this get");
          if (answer.outcome == Outcome::kOk) t.expect_intact(answer);
        });
  });

  test("queue.get.part-of-item", [](Scenario& t) {
    const std::string at_once = how_it_gets_part_of_item(t, kNoWait, 0);
    const std::string timed = how_it_gets_part_of_item(t, within(200ms), 1);
    t.observe("queue.get.part-of-item",
              "without waiting: " + at_once + ", with a timeout: " + timed);
  });

  test("queue.get.empty-at-once", [](Scenario& t) {
    const Object q = t.root().queue();
    for (const Wait& wait :
         {kNoWait, within(0ms), within(-1s), Wait{.block = false, .seconds = 5.0}})
      expect_empty_at_once(t, t.root(), q, wait);
  });

  test("queue.get.item-within-timeout",
       [](Scenario& t) { get_waits_for_item(t, QueueKind::kQueue, within(kLong), 0ms); });

  test("queue.get.all-waiting-served", [](Scenario& t) { getters_served(t, kForever); });

  // More than a small table of waiting threads holds.
  test("queue.get.all-waiting-served/crowd",
       [](Scenario& t) { getters_served(t, kForever, kCrowd); });

  test("queue.get.all-waiting-served/timed", [](Scenario& t) { getters_served(t, within(kLong)); });

  // Producers that are gone are no reason to end: another process may still put.
  test("queue.get.no-end-of-stream", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor producer = main.spawn("producer", {q});
    const Actor consumer = main.spawn("consumer", {q});
    producer.ok(put(q, t.item("producer", 0)));
    t.expect_payload(consumer.call(get(q)), t.item("producer", 0));
    producer.ok(end_by(Ending::kReturn));
    t.expect_end(producer);
    main.ok(close(q));
    t.expect(consumer.call(get(q, within(30ms))), Outcome::kEmpty, "nothing was put");
    Call& waits = consumer.start(get(q));
    t.expect_waits(waits, "for an item, with every producer gone");
    consumer.ok(put(q, t.item("consumer", 0)).by("other"));
    t.expect_payload(t.finish(waits), t.item("consumer", 0));
  });

  test("queue.get.empty-while-another-gets", [](Scenario& t) {
    constexpr std::int64_t kTries = 20;
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor consumer = main.spawn("consumer", {q});
    int refused = 0;
    std::vector<Obtained> obtained;
    for (std::int64_t i = 0; i < kTries; ++i) {
      Call& inside = consumer.start(get(q));
      t.expect_waits(inside, "for an item");
      Call& tries =
          main.start(run({put(q, t.item("main", 2 * i)), put(q, t.item("main", 2 * i + 1)),
                          pause(1ms), get(q, kNoWait)}));
      t.expect(t.finish(tries), Outcome::kOk);
      const Answer& at_once = tries.events.at(2);
      t.expect_one_of(at_once, {Outcome::kOk, Outcome::kEmpty},
                      "an item, or another consumer is inside get");
      refused += at_once.outcome == Outcome::kEmpty ? 1 : 0;
      const Answer second = at_once.outcome == Outcome::kOk ? at_once : main.ok(get(q));
      obtained.push_back({.by = "main", .answers = {second}});
      obtained.push_back({.by = "consumer", .answers = {t.finish(inside)}});
    }
    expect_exactly_once(t, {{"main", 2 * kTries}}, obtained);
    t.observe("queue.get.empty-while-another-gets",
              "empty in " + std::to_string(refused) + " of " + std::to_string(kTries) + " tries");
  });

  test("queue.get.not-deserializable", [](Scenario& t) {
    t.needs_option("item.fail_deserialize");
    const Actor main = t.root();
    const Object q = main.queue(3);
    const Actor producer = main.spawn("producer", {q});
    producer.ok(put(q, t.item("producer", 0)));
    producer.ok(put(q, failing_item(t, "failing", 0, "deserialize")));
    producer.ok(put(q, t.item("producer", 1)));
    t.expect_payload(main.call(get(q)), t.item("producer", 0));
    t.expect(main.call(get(q)), Outcome::kNotDeserializable, "it was asked to fail");
    t.expect_number(main.call(qsize(q)), 1, "the item is consumed, its slot free");
    t.expect_payload(main.call(get(q)), t.item("producer", 1));
    t.expect(main.call(get(q, within(30ms))), Outcome::kEmpty, "the item is consumed");
    for (std::int64_t i = 2; i < 5; ++i) {
      t.expect(producer.call(put(q, t.item("producer", i), kNoWait)), Outcome::kOk,
               "every slot is free");
    }
    for (std::int64_t i = 2; i < 5; ++i) {
      t.expect_payload(main.call(get(q)), t.item("producer", i));
    }
  });

  test("queue.get.exactly-once", [](Scenario& t) {
    // Enough to meet what goes wrong once in several hundred items.
    constexpr std::int64_t kItems = 2400;
    constexpr int kConsumers = 3;
    const Actor main = t.root();
    const Object q = main.queue();
    std::vector<Call*> gets;
    for (int i = 0; i < kConsumers; ++i) {
      const Actor consumer = main.spawn("consumer" + std::to_string(i), {q});
      gets.push_back(&consumer.start(get_many(q, kItems / kConsumers).by("left")));
    }
    main.ok(put_many(t, q, "main", kItems));
    std::vector<Obtained> obtained;
    for (Call* each : gets) obtained.push_back(all_obtained(t, *each));
    expect_exactly_once(t, {{"main", kItems}}, obtained);
    t.expect(main.call(get(q, within(50ms))), Outcome::kEmpty,
             "nothing but what was put is obtained");
  });

  test("queue.get.exactly-once/as-the-timeout-ends",
       [](Scenario& t) { item_as_timeout_ends(t, QueueKind::kQueue); });

  // Threads of one process share one handle: nothing of it may be theirs alone.
  test("queue.get.exactly-once/by-threads", [](Scenario& t) {
    constexpr std::int64_t kItems = 200;
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor consumer = main.spawn("consumer", {q});
    Call& left = consumer.start(get_many(q, kItems / 2).by("left"));
    Call& right = consumer.start(get_many(q, kItems / 2).by("right"));
    main.ok(put_many(t, q, "main", kItems));
    expect_exactly_once(t, {{"main", kItems}}, {all_obtained(t, left), all_obtained(t, right)});
  });

  test("queue.get.visibility-delay", [](Scenario& t) {
    constexpr std::int64_t kTries = 50;
    const Actor main = t.root();
    const Object q = main.queue();
    std::vector<Request> list;
    for (std::int64_t i = 0; i < kTries; ++i) {
      list.push_back(put(q, t.item("main", i)));
      list.push_back(get(q, kNoWait));
    }
    Call& tries = main.start(run(list));
    t.expect(t.finish(tries), Outcome::kOk);
    std::int64_t obtained = 0;
    for (std::size_t i = 1; i < tries.events.size(); i += 2) {
      t.expect_one_of(tries.events[i], {Outcome::kOk, Outcome::kEmpty},
                      "an item, or the delay of its visibility");
      if (tries.events[i].outcome != Outcome::kOk) continue;
      t.expect_payload(tries.events[i], t.item("main", obtained++));
    }
    t.observe("queue.get.visibility-delay", "empty after " + std::to_string(kTries - obtained) +
                                                " of " + std::to_string(kTries) + " puts");
    for (; obtained < kTries; ++obtained)
      t.expect_payload(main.call(get(q, within(kLong))), t.item("main", obtained));
  });

  test("queue.get.item-within-timeout/large-descriptors", [](Scenario& t) {
    use_low_descriptors(t);
    get_waits_for_item(t, QueueKind::kQueue, within(60s), 0ms);
  });

  test.thorough()("queue.get.item-within-timeout/longer-than-defaults", [](Scenario& t) {
    get_waits_for_item(t, QueueKind::kQueue, within(60s), kLongerThanDefaults);
  });
  test("queue.get.undeserializable-any-error",
       [](Scenario& t) { odd_deserializing_stops_nothing(t, QueueKind::kQueue); });
}};

}  // namespace
}  // namespace psq::conformance
