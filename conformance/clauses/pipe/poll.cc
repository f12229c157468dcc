// spec/pipe.md, pipe.poll.*
#include <cmath>

#include "clauses/pipe/part_of_message.h"
#include "clauses/pipe/support.h"
#include "clauses/shared/descriptors.h"
#include "clauses/shared/never_waits.h"
#include "clauses/shared/one_clock.h"
#include "clauses/shared/scale.h"
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

constexpr auto kTimeout = 200ms;

const Tests kPollTests{[](const Define& test) {
  test("pipe.poll.false-after-timeout", [](Scenario& t) {
    const Actor main = t.root();
    for (const bool is_duplex : {false, true}) {
      const std::string suffix = is_duplex ? "2" : "1";
      const Object receiver = main.pipe(is_duplex, "a" + suffix, "b" + suffix).first;
      for (const Nanoseconds timeout :
           {Nanoseconds{1us}, Nanoseconds{1ms}, Nanoseconds{20ms}, Nanoseconds{kTimeout}}) {
        t.expect_prompt(timeout, [&] {
          const Answer answer = main.call(poll(receiver, timeout));
          t.expect_boolean(answer, false, "nothing was sent");
          t.expect_not_before(answer, timeout);
          return answer;
        });
      }
    }
  });

  test("pipe.poll.true-with-message", [](Scenario& t) {
    const Actor main = t.root();
    const auto receiver_sender = main.pipe(false);
    const Object &receiver = receiver_sender.first, &sender = receiver_sender.second;
    const Actor child = main.spawn("child", {receiver});
    for (const Request& request :
         {poll(receiver, 60s), poll(receiver, 1'000'000s), poll_forever(receiver)}) {
      Call& waiting = child.start(request);
      t.expect_waits(waiting, "for a message");
      const Answer sent = main.ok(send(sender, t.item("main", 0)));
      const Answer done = t.finish(waiting);
      t.expect_boolean(done, true, "a message came");
      t.expect_after(done, sent);
      t.expect_prompt(0ms, [&] {
        const Answer again = child.call(poll(receiver));
        t.expect_boolean(again, true, "the message is still there");
        return again;
      });
      t.expect_payload(child.call(recv(receiver)), t.item("main", 0));
      t.expect_boolean(child.call(poll(receiver)), false, "the message was received");
    }
  });

  test("pipe.poll.true-at-end-of-stream", [](Scenario& t) {
    const Actor main = t.root();
    for (const bool is_duplex : {false, true}) {
      const auto [receiver, sender] = pipe_of(main, is_duplex);
      main.ok(send(sender, t.item("main", 0)));
      main.ok(close(sender));
      main.ok(recv(receiver));
      for (const Request& request :
           {poll(receiver), poll(receiver, kTimeout), poll_forever(receiver)}) {
        t.expect_boolean(main.call(request), true, "the other end is gone");
      }
      t.expect(main.call(recv(receiver)), Outcome::kEndOfStream, "poll took nothing");
    }
  });

  test("pipe.poll.zero-at-once", [](Scenario& t) {
    const Actor main = t.root();
    const Object receiver = main.pipe(false).first;
    for (const Request& request : {poll(receiver), poll(receiver, 0ms), poll(receiver, -1s)}) {
      t.expect_prompt(0ms, [&] {
        const Answer answer = main.call(request);
        t.expect_boolean(answer, false, "nothing was sent");
        return answer;
      });
    }
  });

  test("pipe.poll.nan-refused", [](Scenario& t) {
    const Actor main = t.root();
    const auto [receiver, sender] = main.pipe(false);
    const Request request = poll(receiver).timing_out_after(NAN);
    t.expect(main.call(request), Outcome::kInvalidArgument, "no number of seconds");
    main.ok(send(sender, t.item("main", 0)));
    t.expect(main.call(request), Outcome::kInvalidArgument, "no number of seconds");
    t.expect_payload(main.call(recv(receiver)), t.item("main", 0));
  });

  test("pipe.poll.huge-timeout", [](Scenario& t) {
    const Actor main = t.root();
    const auto [receiver, sender] = main.pipe(false);
    main.ok(send(sender, t.item("main", 0)));
    std::string seen;
    for (const double timeout : {1e9, 1e19, HUGE_VAL}) {
      const Answer answer = main.call(poll(receiver).timing_out_after(timeout));
      t.expect_one_of(answer, {Outcome::kOk, Outcome::kInvalidArgument}, "taken or refused");
      if (answer.outcome == Outcome::kOk) t.expect_boolean(answer, true, "a message is there");
      seen += (seen.empty() ? "" : ", ") + std::string{to_string(answer.outcome)};
    }
    t.observe("pipe.poll.huge-timeout", "1e9 s, 1e19 s, infinite: " + seen);
    t.expect_payload(main.call(recv(receiver)), t.item("main", 0));
  });

  test("pipe.poll.partial-message", [](Scenario& t) {
    const Actor main = t.root();
    const auto [receiver, sender] = main.pipe(false);
    const Item item = t.item("main", 0, 4 << 20);
    Call& sending = main.start(send(sender, item).by("sender"));
    need_waits_for_room(t, sending);
    const Answer answer = main.call(poll(receiver));
    t.expect(answer, Outcome::kOk, "true or false");
    t.observe("pipe.poll.partial-message",
              answer.value.boolean == true ? "true from the first bytes on" : "false until whole");
    t.expect_payload(main.call(recv(receiver)), item);
    t.expect(t.finish(sending), Outcome::kOk);
  });

  test("pipe.poll.clock-starts-once", [](Scenario& t) {
    clock_starts_once_in_message(
        t, [](const Object& end, Nanoseconds timeout) { return poll(end, timeout); });
  });

  test("pipe.poll.never-waits", [](Scenario& t) {
    ends_at_once_in_message(
        t, [](const Object& end, Nanoseconds timeout) { return poll(end, timeout); });
  });

  test("pipe.poll.true-with-message/without-time", [](Scenario& t) {
    const Actor main = t.root();
    for (const bool is_duplex : {false, true}) {
      const auto [receiver, sender] = pipe_of(main, is_duplex);
      main.ok(send(sender, t.item("main", 0)));
      for (const Nanoseconds timeout :
           {Nanoseconds{0}, Nanoseconds{-1ms}, Nanoseconds{-1s}, Nanoseconds{1}, Nanoseconds{1us}})
        t.expect_boolean(main.call(poll(receiver, timeout)), true, "a message is there");
      t.expect_payload(main.call(recv(receiver)), t.item("main", 0));
    }
  });

  test("pipe.poll.true-with-message/large-descriptors", [](Scenario& t) {
    use_low_descriptors(t);
    const Actor main = t.root();
    for (const bool is_duplex : {false, true}) {
      const auto [receiver, sender] = pipe_of(main, is_duplex);
      t.expect_boolean(main.call(poll(receiver, 10ms)), false, "nothing was sent");
      main.ok(send(sender, t.item("main", 0)));
      for (const Request& request : {poll(receiver), poll(receiver, 60s), poll_forever(receiver)})
        t.expect_boolean(main.call(request), true, "a message is there");
      t.expect_payload(main.call(recv(receiver)), t.item("main", 0));
    }
  });

  test.thorough()("pipe.poll.true-with-message/longer-than-defaults", [](Scenario& t) {
    const Actor main = t.root();
    const auto [receiver, sender] = main.pipe(false);
    Call& forever = main.start(poll_forever(receiver).by("waiter"));
    t.expect_waits_on(forever, kLongerThanDefaults, "for a message");
    main.ok(send(sender, t.item("main", 0)));
    t.expect_boolean(t.finish(forever), true, "a message came");
  });
}};

}  // namespace
}  // namespace psq::conformance
