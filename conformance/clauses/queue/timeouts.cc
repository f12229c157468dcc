#include "clauses/queue/timeouts.h"

#include <utility>

namespace psq::conformance {

void never_early(Scenario& t, const std::function<Request(const Wait&)>& ask, Outcome outcome) {
  constexpr std::int64_t kTimes = 60;
  for (const Nanoseconds timeout :
       {Nanoseconds{100us}, Nanoseconds{1ms}, Nanoseconds{1700us}, Nanoseconds{2999us}}) {
    Call& calls = t.root().start(run({ask(within(timeout)).repeated(kTimes)}));
    t.expect(t.finish(calls), Outcome::kOk, "the list ends");
    for (const Answer& answer : calls.events) {
      t.expect(answer, outcome, "nothing became free, nothing was put");
      t.expect_not_before(answer, timeout);
    }
  }
}

Answer latest_of_several(Scenario& t, const std::vector<Actor>& actors,
                         const std::function<Request(const Wait&)>& ask, Outcome outcome) {
  const std::vector<Nanoseconds> timeouts{t.patient(300ms), t.patient(200ms), t.patient(100ms)};
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

}  // namespace psq::conformance
