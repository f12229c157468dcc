// spec/failure.md: what the other end of a pipe can do after a process died in the middle of a
// message
#include "clauses/failure/crash_run.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

struct Ends {
  Object here;
  Object there;  // of the doomed process alone
};

// A one-way pipe on which the doomed process sends, or receives.
Ends one_way(Scenario& t, bool doomed_sends) {
  const Actor main = t.root();
  const auto [receiver, sender] = main.pipe(false);
  const Ends ends = doomed_sends ? Ends{receiver, sender} : Ends{sender, receiver};
  static_cast<void>(main.spawn("doomed", {ends.there}));
  main.ok(close(ends.there));
  return ends;
}

// A message of which others can see the beginning is no message.
std::string receive(Scenario& t, const Object& end) {
  Call& receiving = t.root().start(recv(end));
  if (!t.ends_within(receiving, t.patient(1s))) return "waits for ever";
  for_clause(kNothingWrong, [&] {
    t.expect_true(receiving.answer->outcome != Outcome::kOk, "no message: it was never whole",
                  describe(*receiving.answer), *receiving.answer);
  });
  return "ends as " + std::string{to_string(receiving.answer->outcome)};
}

std::string sender_dies(Scenario& t, Strike how) {
  const Ends ends = one_way(t, true);
  const Actor doomed{t, "doomed"};
  Call& sending = doomed.start(send(ends.there, t.item("doomed", 0, kLarger)));
  t.eventually_boolean(t.root(), poll(ends.here), true);
  t.expect_waits(sending, "for room");
  strike(t, {.q = ends.there}, how);
  const std::string first = receive(t, ends.here);
  if (first == "waits for ever") return "recv " + first;
  return "recv " + first + ", then " + receive(t, ends.here);
}

std::string receiver_dies(Scenario& t, Strike how) {
  const Ends ends = one_way(t, false);
  Call& sending = t.root().start(send(ends.here, t.item("root", 0, kLarger)).by("sender"));
  t.expect_waits(sending, "for room");
  strike(t, {.q = ends.there}, how);
  if (!t.ends_within(sending, t.patient(1s))) return "send waits for ever";
  return "send ends as " + std::string{to_string(sending.answer->outcome)};
}

void sender_in_message(Scenario& t) {
  observe_deaths(t, "failure.moment.pipe-sender-in-message",
                 [&](Strike how) { return sender_dies(t, how); });
}
void receiver_in_message(Scenario& t) {
  observe_deaths(t, "failure.moment.pipe-receiver-in-message",
                 [&](Strike how) { return receiver_dies(t, how); });
}

const Tests kTests{
    {{"failure.moment.pipe-sender-in-message", kNothingWrong}, sender_in_message},
    {{"failure.moment.pipe-receiver-in-message"}, receiver_in_message},
};

}  // namespace
}  // namespace psq::conformance
