#include "clauses/pipe/part_of_message.h"

#include "clauses/pipe/support.h"
#include "clauses/shared/never_waits.h"
#include "clauses/shared/one_clock.h"
#include "suite/flow.h"

namespace psq::conformance {

void ends_at_once_in_message(Scenario& t, const AskEnd& ask) {
  const Actor main = t.root();
  for (const bool is_duplex : {false, true}) {
    const auto [receiver, sender] = pipe_of(main, is_duplex);
    const Actor child = main.spawn("sender_of_" + sender.name, {sender});
    const Item item = t.item("child", 0, kLarger);
    Call& sending = child.start(send(sender, item));
    static_cast<void>(t.comes_to_wait(sending));  // in a pipe that has less room
    const auto look = [&, end = receiver] {
      for (const Nanoseconds timeout : {Nanoseconds{0ms}, Nanoseconds{-1s}}) {
        expect_at_once(t, main, ask(end, timeout),
                       [&](const Answer& answer) { t.expect(answer, Outcome::kOk, "it answers"); });
      }
    };
    look();
    t.stop(child);
    look();
    t.resume(child);
    t.expect_payload(main.call(recv(receiver)), item);
    t.expect(t.finish(sending), Outcome::kOk);
  }
}

void clock_starts_once_in_message(Scenario& t, const AskEnd& ask) {
  const Actor main = t.root();
  const auto [receiver, sender] = main.pipe(false);
  const Actor child = main.spawn("child", {sender});
  const Item item = t.item("child", 0, kLarger);
  expect_own_time(t, [&, end = receiver, other = sender] {
    Call& timed = main.start(ask(end, own_time(t)));
    let_pass(t, timed, time_of_event(t));
    Call& sending = child.start(send(other, item));
    const Answer answer = t.finish(timed);
    t.expect(answer, Outcome::kOk, "it answers, whether it counts a part of a message or not");
    t.expect_payload(main.call(recv(end)), item);
    const Answer sent = t.finish(sending);
    t.expect(sent, Outcome::kOk);
    return Timely{.answer = answer, .event = sent.invoked};
  });
}

}  // namespace psq::conformance
