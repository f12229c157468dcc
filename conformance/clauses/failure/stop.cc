// spec/failure.md, failure.stop.*
#include "clauses/failure/crash_points.h"
#include "clauses/failure/waiting_process.h"
#include "suite/flow.h"
#include "suite/kinds.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

// Longer than anything that looks again from time to time sleeps.
constexpr auto kStopped = 250ms;
// A stop for at least so long shows what a call makes of it.
constexpr auto kNoticed = 120ms;
constexpr auto kEveryPoint = "failure.stop.every-moment";
constexpr auto kMustEndAfterStop = 4s;
// A busy machine flushes late, and here it is no failure.
constexpr auto kVisibleAfterStop = 2s;

void let_it_stand(Scenario& t) {
  static_cast<void>(t.session().wait_until([] { return false; }, kStopped));
}

// More than transports hold, so that most of it is still to be written when the producer stops.
void producer_continues(Scenario& t, QueueKind kind) {
  constexpr std::int64_t kItems = 300;
  const Actor main = t.root();
  const Object q = make(main, kind);
  const Actor producer = main.spawn("producer", {q});
  Call& puts = producer.start(put_many(t, q, "producer", kItems, 3000));
  t.eventually_boolean(main, empty(q), false);
  t.stop(producer);
  Call& gets = main.start(get_many(q, kItems).by("consumer"));
  let_it_stand(t);
  t.resume(producer);
  const Obtained obtained = all_obtained(t, gets);
  t.expect(t.finish(puts), Outcome::kOk);
  expect_exactly_once(t, {{"producer", kItems}}, {obtained});
  expect_prefix(t, "producer", obtained.answers);
}

void goes_on_after_stop(Scenario& t, const CrashPoint& point) {
  CrashRun run = point.reach(t);
  interrupt(t, run, Interruption::kStop);
  let_it_stand(t);
  t.resume(Actor{t, run.victim});
  if (run.pending != nullptr) run.waiting.push_back(run.pending);
  run.unread = run.put_by.contains(run.victim) ? run.put_by[run.victim] : 0;
  const Aftermath found =
      look(t, run, kEveryPoint, kMustEndAfterStop, t.patient(kVisibleAfterStop));
  t.expect_true(found.all_go_on() && found.lost == 0 && found.slots_gone == 0,
                "every process goes on, and nothing is lost", found.in_words());
}

// Twice: the first one may meet a call between two sleeps.
Interrupted stop_until(Scenario& t, const Actor& actor, Nanoseconds until) {
  constexpr int kStops = 2;
  constexpr auto kBetweenStops = 10ms;
  const auto never = [] { return false; };
  Interrupted result;
  for (int left = kStops; left > 0; --left) {
    if (left < kStops) static_cast<void>(t.session().wait_until(never, kBetweenStops));
    t.stop(actor);
    const Nanoseconds stopped = monotonic_now();
    static_cast<void>(t.session().wait_until(never, (until - stopped) / left));
    t.resume(actor);
    result.runs_from = monotonic_now();
    result.in_time = result.in_time && result.runs_from - stopped >= kNoticed;
  }
  return result;
}

const Tests kStopTests{[](const Define& test) {
  test("failure.stop.consumer-continues", [](Scenario& t) {
    const Actor main = t.root();
    for (const Object& q : {main.queue(), main.simple_queue("simple")}) {
      const Actor consumer = main.spawn("consumer_of_" + q.name, {q});
      Call& waiting = consumer.start(get(q));
      t.expect_waits(waiting, "for an item");
      t.stop(consumer);
      main.ok(put(q, t.item("main", 0, 20'000)));
      let_it_stand(t);
      t.resume(consumer);
      t.expect_payload(t.finish(waiting), t.item("main", 0, 20'000));
      t.eventually_boolean(main, empty(q), true);
      main.ok(put(q, t.item("main", 1)));
      t.expect_payload(consumer.call(get(q)), t.item("main", 1));
    }
  });

  test("failure.stop.producer-continues/queue",
       [](Scenario& t) { producer_continues(t, QueueKind::kQueue); });

  test("failure.stop.producer-continues/simple",
       [](Scenario& t) { producer_continues(t, QueueKind::kSimple); });

  for (const WaitingKind& kind : waiting_kinds()) {
    test("failure.stop.waiting-calls/" + kind.name,
         [kind](Scenario& t) { expect_waits_through(t, kind.make(t), stop_until); });
  }

  for (const CrashPoint& point : crash_points()) {
    test(kEveryPoint + ("/" + point.name()),
         [point](Scenario& t) { goes_on_after_stop(t, point); });
  }
}};

}  // namespace
}  // namespace psq::conformance
