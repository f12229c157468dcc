// spec/queue.md: several that wait at the same time, and those that wait for each other
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

// As many as are named, by threads of two processes, each seen waiting.
std::vector<Call*> waiting(Scenario& t, const std::vector<Actor>& actors, int count,
                           const std::function<Request(int)>& ask, const std::string& for_what) {
  std::vector<Call*> calls;
  for (int i = 0; i < count; ++i) {
    const Actor& actor = actors.at(static_cast<std::size_t>(i) % actors.size());
    calls.push_back(&actor.start(ask(i).by("thread" + std::to_string(i))));
  }
  for (Call* call : calls) t.expect_waits(*call, for_what);
  return calls;
}

void putters_served(Scenario& t, const Wait& wait) {
  constexpr int kWaiting = 4;
  const Actor main = t.root();
  const Object q = main.queue(1);
  const Actor left = main.spawn("left", {q});
  const Actor right = main.spawn("right", {q});
  main.ok(put(q, t.item("main", 0)));
  const auto puts = waiting(
      t, {left, right}, kWaiting, [&](int i) { return put(q, t.item("waiting", i), wait); },
      "for a slot");
  const Obtained obtained = all_obtained(t, main.start(get_many(q, kWaiting + 1)));
  for (Call* each : puts) t.expect(t.finish(*each), Outcome::kOk, "a slot for each");
  expect_exactly_once(t, {{"main", 1}, {"waiting", kWaiting}}, {obtained});
}
void putters_served_forever(Scenario& t) { putters_served(t, kForever); }
void putters_served_timed(Scenario& t) { putters_served(t, within(60s)); }

void getters_served(Scenario& t, const Wait& wait) {
  constexpr int kWaiting = 4;
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor left = main.spawn("left", {q});
  const Actor right = main.spawn("right", {q});
  const auto gets = waiting(
      t, {left, right}, kWaiting, [&](int) { return get(q, wait); }, "for an item");
  // One after the other: each of them has to find somebody who still waits.
  for (std::int64_t i = 0; i < kWaiting; ++i) main.ok(put(q, t.item("main", i)));
  std::vector<Obtained> obtained;
  for (Call* each : gets) obtained.push_back({.by = each->process, .answers = {t.finish(*each)}});
  expect_exactly_once(t, {{"main", kWaiting}}, obtained);
}
void getters_served_forever(Scenario& t) { getters_served(t, kForever); }
void getters_served_timed(Scenario& t) { getters_served(t, within(60s)); }

// Two processes of good manners, each of which waits for the other one's next step.
void mutual_wait(Scenario& t) {
  constexpr auto kWatched = 800ms;
  const Actor main = t.root();
  const Object there = main.queue(1, "there");
  const Object back = main.queue(0, "back");
  const Actor asking = main.spawn("asking", {there, back});
  const Actor answering = main.spawn("answering", {there, back});
  asking.ok(put(there, t.item("asking", 0)));
  Call& putting = asking.start(put(there, t.item("asking", 1)));
  Call& getting = answering.start(get(back));
  t.expect_waits(putting, "for a slot that only the other one could free");
  t.expect_waits(getting, "for an item that only the other one could put");
  const bool ended = t.session().wait_until(
      [&] { return putting.answer.has_value() || getting.answer.has_value(); }, kWatched);
  t.expect_true(!ended, "both still wait", "one of them ended");
  // Somebody else takes the item that was in the way.
  t.expect_payload(main.call(get(there)), t.item("asking", 0));
  t.expect(t.finish(putting), Outcome::kOk, "a slot became free");
  asking.ok(put(back, t.item("asking", 2)));
  t.expect_payload(t.finish(getting), t.item("asking", 2));
}

// Producers that are gone are no reason to end: somebody may still put.
void no_end_of_stream(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor producer = main.spawn("producer", {q});
  const Actor consumer = main.spawn("consumer", {q});
  producer.ok(put(q, t.item("producer", 0)));
  t.expect_payload(consumer.call(get(q)), t.item("producer", 0));
  producer.ok(end_by("return"));
  t.expect_end(producer);
  main.ok(close(q));
  t.expect(consumer.call(get(q, within(30ms))), Outcome::kEmpty, "nobody put anything");
  Call& waits = consumer.start(get(q));
  t.expect_waits(waits, "for an item, with every producer gone");
  consumer.ok(put(q, t.item("consumer", 0)).by("other"));
  t.expect_payload(t.finish(waits), t.item("consumer", 0));
}

void empty_while_another_gets(Scenario& t) {
  constexpr std::int64_t kTries = 20;
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor consumer = main.spawn("consumer", {q});
  int refused = 0;
  std::vector<Obtained> obtained;
  for (std::int64_t i = 0; i < kTries; ++i) {
    Call& inside = consumer.start(get(q));
    t.expect_waits(inside, "for an item");
    Call& tries = main.start(run({put(q, t.item("main", 2 * i)), put(q, t.item("main", 2 * i + 1)),
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
}

const Tests kTests{
    {{"queue.put.all-waiting-served"}, putters_served_forever},
    {{"queue.put.all-waiting-served"}, putters_served_timed, "timed"},
    {{"queue.get.all-waiting-served"}, getters_served_forever},
    {{"queue.get.all-waiting-served"}, getters_served_timed, "timed"},
    {{"queue.wait.mutual"}, mutual_wait},
    {{"queue.get.no-end-of-stream"}, no_end_of_stream},
    {{"queue.get.empty-while-another-gets"}, empty_while_another_gets},
};

}  // namespace
}  // namespace psq::conformance
