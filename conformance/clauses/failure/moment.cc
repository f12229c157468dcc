// spec/failure.md, failure.moment.*: what survivors can do after a death at a crash point
#include "clauses/failure/crash_points.h"
#include "clauses/pipe/support.h"
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

// How long a call is watched that may wait for ever.
constexpr auto kWatchedAfterDeath = 800ms;

struct Ends {
  Object here;
  Object there;  // of the victim alone
};

// A one-way pipe on which the victim sends, or receives.
Ends one_way(Scenario& t, bool victim_sends) {
  const Actor main = t.root();
  const auto [receiver, sender] = main.pipe(false);
  const Ends ends = victim_sends ? Ends{receiver, sender} : Ends{sender, receiver};
  static_cast<void>(main.spawn("victim", {ends.there}));
  main.ok(close(ends.there));
  return ends;
}

// The beginning of a message is no message.
std::string receive(Scenario& t, const Object& end) {
  Call& receiving = t.root().start(recv(end));
  if (!t.ends_within_fairly(receiving, t.patient(1s))) return "waits for ever";
  for_clause(kNothingWrong, [&] {
    t.expect_true(receiving.answer->outcome != Outcome::kOk, "no message: it was never whole",
                  describe(*receiving.answer), *receiving.answer);
  });
  return "ends as " + std::string{to_string(receiving.answer->outcome)};
}

std::string sender_dies(Scenario& t, Interruption how) {
  const Ends ends = one_way(t, true);
  const Actor victim{t, "victim"};
  Call& sending = victim.start(send(ends.there, t.item("victim", 0, kLarger)));
  t.eventually_boolean(t.root(), poll(ends.here), true);
  need_waits_for_room(t, sending);
  interrupt(t, {.q = ends.there}, how);
  const std::string first = receive(t, ends.here);
  if (first == "waits for ever") return "recv " + first;
  return "recv " + first + ", then " + receive(t, ends.here);
}

std::string receiver_dies(Scenario& t, Interruption how) {
  const Ends ends = one_way(t, false);
  Call& sending = t.root().start(send(ends.here, t.item("root", 0, kLarger)).by("sender"));
  need_waits_for_room(t, sending);
  interrupt(t, {.q = ends.there}, how);
  if (!t.ends_within_fairly(sending, t.patient(1s))) return "send waits for ever";
  return "send ends as " + std::string{to_string(sending.answer->outcome)};
}

const Tests kMomentTests{[](const Define& test) {
  for (const CrashPoint& point : crash_points()) {
    test(point.clause, {kNothingWrong}, [point](Scenario& t) {
      observe_deaths(t, point.clause, [&](Interruption how) {
        return after(t, point, how, kWatchedAfterDeath).in_words();
      });
    });
  }

  test("failure.moment.pipe-sender-in-message", {kNothingWrong}, [](Scenario& t) {
    observe_deaths(t, "failure.moment.pipe-sender-in-message",
                   [&](Interruption how) { return sender_dies(t, how); });
  });

  test("failure.moment.pipe-receiver-in-message", [](Scenario& t) {
    observe_deaths(t, "failure.moment.pipe-receiver-in-message",
                   [&](Interruption how) { return receiver_dies(t, how); });
  });
}};

}  // namespace
}  // namespace psq::conformance
