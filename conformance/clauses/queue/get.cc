// spec/queue.md, queue.get.*
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

constexpr auto kTimeout = 200ms;

void waits_for_item(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor consumer = main.spawn("consumer", {q});
  Call& waiting = consumer.start(get(q));
  t.expect_waits_on(waiting, kTimeout, "for an item");
  const Answer put_it = main.ok(put(q, t.item("main", 0)));
  const Answer done = t.finish(waiting);
  t.expect_payload(done, t.item("main", 0));
  t.expect_after(done, put_it);
}

void empty_after_timeout(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor consumer = main.spawn("consumer", {q});
  for (const Nanoseconds timeout : {Nanoseconds{20ms}, Nanoseconds{kTimeout}}) {
    t.expect_prompt(timeout, [&] {
      const Answer answer = consumer.call(get(q, within(timeout)));
      t.expect(answer, Outcome::kEmpty, "nothing was put");
      t.expect_not_before(answer, timeout);
      return answer;
    });
  }
}

void empty_at_once(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue();
  const Wait not_blocking_with_timeout{.block = false, .seconds = 5.0};
  for (const Wait& wait : {kNoWait, within(0ms), within(-1s), not_blocking_with_timeout}) {
    t.expect_prompt(0ms, [&] {
      const Answer answer = main.call(get(q, wait));
      t.expect(answer, Outcome::kEmpty, "nothing was put");
      return answer;
    });
  }
}

void item_within_timeout(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor consumer = main.spawn("consumer", {q});
  Call& waiting = consumer.start(get(q, within(60s)));
  t.expect_waits(waiting, "for an item");
  const Answer put_it = main.ok(put(q, t.item("main", 0)));
  const Answer done = t.finish(waiting);
  t.expect_payload(done, t.item("main", 0));
  t.expect_after(done, put_it);
}

void exactly_once(Scenario& t) {
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
}

// Threads of one process share one handle: nothing of it may be theirs alone.
void exactly_once_by_threads(Scenario& t) {
  constexpr std::int64_t kItems = 200;
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor consumer = main.spawn("consumer", {q});
  Call& left = consumer.start(get_many(q, kItems / 2).by("left"));
  Call& right = consumer.start(get_many(q, kItems / 2).by("right"));
  main.ok(put_many(t, q, "main", kItems));
  expect_exactly_once(t, {{"main", kItems}}, {all_obtained(t, left), all_obtained(t, right)});
}

void visibility_delay(Scenario& t) {
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
    t.expect_payload(main.call(get(q, within(30s))), t.item("main", obtained));
}

const Tests kTests{
    {{"queue.get.waits-for-item"}, waits_for_item},
    {{"queue.get.empty-after-timeout"}, empty_after_timeout},
    {{"queue.get.empty-at-once"}, empty_at_once},
    {{"queue.get.item-within-timeout"}, item_within_timeout},
    {{"queue.get.exactly-once"}, exactly_once},
    {{"queue.get.exactly-once"}, exactly_once_by_threads, "by_threads"},
    {{"queue.get.visibility-delay"}, visibility_delay},
};

}  // namespace
}  // namespace psq::conformance
