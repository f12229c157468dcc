// spec/pipe.md: poll and wait
#include <algorithm>

#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

constexpr auto kTimeout = 200ms;

void false_after_timeout(Scenario& t) {
  const Actor main = t.root();
  for (const bool is_duplex : {false, true}) {
    const std::string suffix = is_duplex ? "2" : "1";
    const Object receiver = main.pipe(is_duplex, "a" + suffix, "b" + suffix).first;
    for (const Nanoseconds timeout : {Nanoseconds{20ms}, Nanoseconds{kTimeout}}) {
      t.expect_prompt(timeout, [&] {
        const Answer answer = main.call(poll(receiver, timeout));
        t.expect_boolean(answer, false, "nothing was sent");
        t.expect_not_before(answer, timeout);
        return answer;
      });
    }
  }
}

void true_with_message(Scenario& t) {
  const Actor main = t.root();
  const auto [receiver, sender] = main.pipe(false);
  const Actor child = main.spawn("child", {receiver});
  for (const Request& request : {poll(receiver, 60s), poll_forever(receiver)}) {
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
}

void true_at_end_of_stream(Scenario& t) {
  const Actor main = t.root();
  const auto [receiver, sender] = main.pipe(false);
  main.ok(close(sender));
  for (const Request& request : {poll(receiver), poll(receiver, kTimeout)}) {
    t.expect_boolean(main.call(request), true, "the other end is gone");
  }
}

void zero_at_once(Scenario& t) {
  const Actor main = t.root();
  const Object receiver = main.pipe(false).first;
  for (const Request& request : {poll(receiver), poll(receiver, 0ms), poll(receiver, -1s)}) {
    t.expect_prompt(0ms, [&] {
      const Answer answer = main.call(request);
      t.expect_boolean(answer, false, "nothing was sent");
      return answer;
    });
  }
}

void expect_names(Scenario& t, const Answer& answer, std::vector<std::string> names) {
  t.expect(answer, Outcome::kOk);
  std::string wanted;
  for (const auto& name : names) wanted += (wanted.empty() ? "" : ",") + name;
  auto got = answer.value.names.value_or(std::vector<std::string>{"(no list)"});
  std::ranges::sort(got);
  t.expect_true(got == names, "exactly [" + wanted + "]", describe(answer), answer);
}

void ready_subset(Scenario& t) {
  const Actor main = t.root();
  const auto [r1, s1] = main.pipe(false, "r1", "s1");
  const auto [r2, s2] = main.pipe(false, "r2", "s2");
  const auto [r3, s3] = main.pipe(true, "r3", "s3");
  Call& waiting = main.start(wait_any({r1, r2, r3}, {}).by("waiter"));
  t.expect_waits(waiting, "for one of three");
  const Answer sent = main.ok(send(s2, t.item("main", 0)));
  const Answer done = t.finish(waiting);
  expect_names(t, done, {"r2"});
  t.expect_after(done, sent);
  main.ok(close(s3));
  expect_names(t, main.call(wait_any({r1, r2, r3}, 60s)), {"r2", "r3"});
  main.ok(recv(r2));
  main.ok(send(s1, t.item("main", 1)));
  expect_names(t, main.call(wait_any({r1, r2}, 60s)), {"r1"});
}

void timeout_empty(Scenario& t) {
  const Actor main = t.root();
  const Object one = main.pipe(false, "r1", "s1").first;
  const Object two = main.pipe(true, "r2", "s2").first;
  t.expect_prompt(kTimeout, [&] {
    const Answer answer = main.call(wait_any({one, two}, kTimeout));
    expect_names(t, answer, {});
    t.expect_not_before(answer, kTimeout);
    return answer;
  });
}

const Tests kTests{
    {{"pipe.poll.false-after-timeout"}, false_after_timeout},
    {{"pipe.poll.true-with-message"}, true_with_message},
    {{"pipe.poll.true-at-end-of-stream"}, true_at_end_of_stream},
    {{"pipe.poll.zero-at-once"}, zero_at_once},
    {{"pipe.wait.ready-subset"}, ready_subset},
    {{"pipe.wait.timeout-empty"}, timeout_empty},
};

}  // namespace
}  // namespace psq::conformance
