#include "clauses/shared/one_clock.h"

#include <algorithm>

#include "clauses/failure/in_message.h"
#include "clauses/shared/never_waits.h"

namespace psq::conformance {
namespace {

// A slow machine lets the event come too early or too late; some implementations serve the call in
// the middle now and then.
constexpr int kTries = 8;

// Whether a clock that starts again at the event is late, beyond the lateness of a right one.
bool is_in_time(const Scenario& t, const Timely& timely) {
  const Nanoseconds after = timely.event - timely.answer.invoked;
  return after > t.patient(kLateness + 100ms) && after < own_time(t);
}

// Three calls wait, and the oldest or the newest is served first by most implementations. Nothing
// is measured when the one in the middle is.
Timely measure_beside(Scenario& t, const std::vector<Actor>& actors, const AskTimed& ask,
                      const std::function<void()>& serve_one) {
  Call& oldest = actors.at(0).start(ask(kForever));
  t.expect_waits(oldest, "without a timeout");
  Call& timed = actors.at(1).start(ask(within(own_time(t))));
  let_pass(t, timed, 20ms);
  Call& newest = actors.at(2).start(ask(kForever));
  let_pass(t, newest, 20ms);
  let_pass(t, timed, time_of_event(t));
  serve_one();
  const Nanoseconds served = monotonic_now();
  const Answer answer = t.finish(timed);
  serve_one();
  if (answer.outcome == Outcome::kOk) serve_one();
  for (Call* each : {&oldest, &newest}) t.expect(t.finish(*each), Outcome::kOk, "served");
  return {.answer = answer, .event = served};
}

}  // namespace

Nanoseconds own_time(const Scenario& t) { return t.patient(700ms); }
Nanoseconds time_of_event(const Scenario& t) { return t.patient(450ms); }

void expect_own_time(Scenario& t, const std::function<Timely()>& measure) {
  t.expect_prompt(own_time(t), [&] {
    for (int i = 0; i < kTries; ++i) {
      const Timely timely = measure();
      if (is_in_time(t, timely)) return timely.answer;
    }
    throw Inconclusive{"the machine is too slow to let something happen within " +
                       human(own_time(t)) + " (--patience)"};
  });
}

void let_pass(Scenario& t, const Call& call, Nanoseconds time) {
  static_cast<void>(
      t.session().wait_until([&] { return call.began || call.answer; }, t.hang_bound()));
  if (!call.began) return;
  const Nanoseconds left = call.began->at + time - monotonic_now();
  static_cast<void>(t.session().wait_until([] { return false; }, std::max(left, Nanoseconds{0})));
}

void clock_starts_once_behind(Scenario& t, const Actor& early, const Actor& late,
                              const AskTimed& ask, Outcome outcome) {
  expect_own_time(t, [&] {
    Call& before = early.start(ask(within(time_of_event(t))));
    let_pass(t, before, 20ms);
    const Answer answer = late.call(ask(within(own_time(t))));
    t.expect(answer, outcome, "nothing became free, nothing was put");
    t.expect_not_before(answer, own_time(t));
    const Answer gave_up = t.finish(before);
    t.expect(gave_up, outcome, "nothing became free, nothing was put");
    return Timely{.answer = answer, .event = gave_up.returned};
  });
}

void clock_starts_once_beside(Scenario& t, const std::vector<Actor>& actors, const AskTimed& ask,
                              Outcome outcome, const std::function<void()>& serve_one) {
  expect_own_time(t, [&] {
    for (int i = 0; i < kTries; ++i) {
      const Timely timely = measure_beside(t, actors, ask, serve_one);
      if (timely.answer.outcome == Outcome::kOk) continue;
      t.expect(timely.answer, outcome, "another call was served");
      t.expect_not_before(timely.answer, own_time(t));
      return timely;
    }
    throw Unsupported{"of three calls that wait, it serves the one in the middle first"};
  });
}

void get_clock_runs_behind_part_of_item(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor consumer = main.spawn("consumer", {q});
  const Actor producer = in_large_message(t, main, q);
  t.stop(producer);
  Call& before = in_the_middle_of_getting(t, consumer, q);
  t.expect_prompt(own_time(t), [&] {
    const Answer answer = main.call(get(q, within(own_time(t))));
    t.expect(answer, Outcome::kEmpty, "another process is obtaining the only item");
    t.expect_not_before(answer, own_time(t));
    return answer;
  });
  t.resume(producer);
  t.expect_payload(t.finish(before), t.item("producer", 3, kLarger));
}

}  // namespace psq::conformance
