#include "clauses/shared/one_clock.h"

#include "clauses/failure/in_message.h"
#include "clauses/shared/never_waits.h"

namespace psq::conformance {

Nanoseconds own_time(const Scenario& t) { return t.patient(500ms); }
Nanoseconds part_of_own_time(const Scenario& t) { return t.patient(400ms); }

void let_pass(Scenario& t, Nanoseconds time) {
  static_cast<void>(t.session().wait_until([] { return false; }, time));
}

void clock_starts_once_behind(Scenario& t, const Actor& early, const Actor& late,
                              const AskTimed& ask, Outcome outcome) {
  t.expect_prompt(own_time(t), [&] {
    Call& before = early.start(ask(within(part_of_own_time(t))));
    t.expect_waits(before, "with nothing in its way");
    const Answer answer = late.call(ask(within(own_time(t))));
    t.expect(answer, outcome, "nothing became free, nothing was put");
    t.expect_not_before(answer, own_time(t));
    t.expect(t.finish(before), outcome, "nothing became free, nothing was put");
    return answer;
  });
}

void clock_starts_once_beside(Scenario& t, const std::vector<Actor>& actors, const AskTimed& ask,
                              Outcome outcome, const std::function<void()>& serve_one) {
  constexpr int kTries = 8;
  const auto measure = [&] {
    for (int i = 0; i < kTries; ++i) {
      // The oldest or the newest is served first, by most implementations.
      Call& oldest = actors.at(0).start(ask(kForever));
      t.expect_waits(oldest, "without a timeout");
      Call& timed = actors.at(1).start(ask(within(own_time(t))));
      t.expect_waits(timed, "with a timeout");
      Call& newest = actors.at(2).start(ask(kForever));
      t.expect_waits(newest, "without a timeout");
      let_pass(t, part_of_own_time(t));
      serve_one();
      const Answer answer = t.finish(timed);
      serve_one();
      const bool was_served = answer.outcome == Outcome::kOk;
      if (was_served) serve_one();
      for (Call* each : {&oldest, &newest}) t.expect(t.finish(*each), Outcome::kOk, "served");
      if (was_served) continue;
      t.expect(answer, outcome, "another call was served");
      t.expect_not_before(answer, own_time(t));
      return answer;
    }
    throw Unsupported{"of three calls that wait, it serves the one in the middle first"};
  };
  t.expect_prompt(own_time(t), measure);
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
