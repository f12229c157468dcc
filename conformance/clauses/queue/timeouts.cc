// spec/queue.md, timeouts that are odd, tiny or huge, and of several calls at the same time
#include <algorithm>

#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

const Wait kNan{.special = "nan"};
const Wait kInfinite{.special = "inf"};
constexpr auto kHuge = 1'000'000'000s;
// Long enough to tell a wait from a short timeout that stands in its place.
constexpr auto kWatched = 250ms;

void put_nan_refused(Scenario& t) {
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
}

void get_nan_refused(Scenario& t) {
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
}

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
void put_infinite(Scenario& t) { put_waits(t, kInfinite); }
void put_huge(Scenario& t) { put_waits(t, within(kHuge)); }

void get_waits(Scenario& t, const Wait& wait) {
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor consumer = main.spawn("consumer", {q});
  Call& waiting = consumer.start(get(q, wait));
  t.expect_waits_on(waiting, kWatched, "for an item");
  const Answer put_it = main.ok(put(q, t.item("main", 0)));
  const Answer done = t.finish(waiting);
  t.expect_payload(done, t.item("main", 0));
  t.expect_after(done, put_it);
}
void get_infinite(Scenario& t) { get_waits(t, kInfinite); }
void get_huge(Scenario& t) { get_waits(t, within(kHuge)); }

// Many, because an early end may need a timer that is rounded down at the right moment.
void never_early(Scenario& t, const std::function<Request(const Wait&)>& ask, Outcome outcome) {
  constexpr std::int64_t kTimes = 60;
  for (const Nanoseconds timeout :
       {Nanoseconds{100us}, Nanoseconds{1ms}, Nanoseconds{1700us}, Nanoseconds{2999us}}) {
    Call& calls = t.root().start(run({ask(within(timeout)).with("repeat", kTimes)}));
    t.expect(t.finish(calls), Outcome::kOk, "the list ends");
    for (const Answer& answer : calls.events) {
      t.expect(answer, outcome, "nothing became free, nothing was put");
      t.expect_not_before(answer, timeout);
    }
  }
}

void put_tiny(Scenario& t) {
  const Object q = t.root().queue(1);
  t.root().ok(put(q, t.item("main", 0)));
  const Item refused = t.item("refused", 0);
  never_early(
      t, [&](const Wait& wait) { return put(q, refused, wait); }, Outcome::kFull);
}

void get_tiny(Scenario& t) {
  const Object q = t.root().queue();
  never_early(
      t, [&](const Wait& wait) { return get(q, wait); }, Outcome::kEmpty);
}

// Several timed calls at the same time, by threads of two processes. Answers how late the latest
// was, as a call without a timeout would take.
Answer latest_of_several(Scenario& t, const std::vector<Actor>& actors,
                         const std::function<Request(const Wait&)>& ask, Outcome outcome) {
  const std::vector<Nanoseconds> timeouts{300ms, 200ms, 100ms};
  std::vector<std::pair<Nanoseconds, Call*>> calls;
  for (const Nanoseconds timeout : timeouts) {
    for (const Actor& actor : actors) {
      const Request request = ask(within(timeout)).by("thread" + std::to_string(calls.size()));
      calls.emplace_back(timeout, &actor.start(request));
    }
  }
  Answer latest;
  for (const auto& [timeout, call] : calls) {
    Answer answer = t.finish(*call);
    t.expect(answer, outcome, "nothing became free, nothing was put");
    t.expect_not_before(answer, timeout);
    answer.invoked += timeout;
    if (answer.took() > latest.took()) latest = answer;
  }
  return latest;
}

void put_each_own(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue(1);
  const Actor other = main.spawn("other", {q});
  main.ok(put(q, t.item("main", 0)));
  t.expect_prompt(0ms, [&] {
    return latest_of_several(
        t, {main, other}, [&](const Wait& wait) { return put(q, t.item("main", 1), wait); },
        Outcome::kFull);
  });
}

void get_each_own(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor other = main.spawn("other", {q});
  t.expect_prompt(0ms, [&] {
    return latest_of_several(
        t, {main, other}, [&](const Wait& wait) { return get(q, wait); }, Outcome::kEmpty);
  });
}

const Tests kTests{
    {{"queue.put.nan-refused"}, put_nan_refused},
    {{"queue.get.nan-refused"}, get_nan_refused},
    {{"queue.put.infinite-timeout"}, put_infinite},
    {{"queue.get.infinite-timeout"}, get_infinite},
    {{"queue.put.huge-timeout"}, put_huge},
    {{"queue.get.huge-timeout"}, get_huge},
    {{"queue.put.tiny-timeout"}, put_tiny},
    {{"queue.get.tiny-timeout"}, get_tiny},
    {{"queue.put.timeouts-each-own"}, put_each_own},
    {{"queue.get.timeouts-each-own"}, get_each_own},
};

}  // namespace
}  // namespace psq::conformance
