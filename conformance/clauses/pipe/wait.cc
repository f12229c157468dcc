// spec/pipe.md, pipe.wait.*
#include <algorithm>
#include <cmath>

#include "clauses/pipe/part_of_message.h"
#include "clauses/shared/descriptors.h"
#include "clauses/shared/one_clock.h"
#include "clauses/shared/scale.h"
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

void expect_names(Scenario& t, const Answer& answer, std::vector<std::string> names) {
  t.expect(answer, Outcome::kOk);
  std::string wanted;
  for (const auto& name : names) wanted += (wanted.empty() ? "" : ",") + name;
  auto got = answer.value.names.value_or(std::vector<std::string>{"(no list)"});
  std::ranges::sort(got);
  t.expect_true(got == names, "exactly [" + wanted + "]", describe(answer), answer);
}

const Tests kWaitTests{[](const Define& test) {
  test("pipe.wait.ready-subset", [](Scenario& t) {
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
    expect_names(t, main.call(wait_any({r1, r2, r3}, kLong)), {"r2", "r3"});
    main.ok(recv(r2));
    main.ok(send(s1, t.item("main", 1)));
    expect_names(t, main.call(wait_any({r1, r2}, kLong)), {"r1"});
  });

  // Every way to be ready, on each kind of pipe; the ends in between are not.
  test("pipe.wait.ready-subset/kinds", [](Scenario& t) {
    const Actor main = t.root();
    const auto make = [&](bool is_duplex, const std::string& number) {
      return main.pipe(is_duplex, "r" + number, "s" + number);
    };
    const std::vector<std::pair<Object, Object>> pipes{make(false, "1"), make(false, "2"),
                                                       make(false, "3"), make(true, "4"),
                                                       make(true, "5"),  make(true, "6")};
    std::vector<Object> ends;
    for (const auto& [end, other] : pipes) ends.push_back(end);
    expect_names(t, main.call(wait_any(ends, 0ms)), {});
    main.ok(send(pipes[3].second, t.item("main", 0)));
    expect_names(t, main.call(wait_any(ends, kLong)), {"r4"});
    main.ok(close(pipes[1].second));
    expect_names(t, main.call(wait_any(ends, {})), {"r2", "r4"});
    main.ok(send_bytes(pipes[0].second, Bytes{""}));
    main.ok(close(pipes[5].second));
    expect_names(t, main.call(wait_any(ends, kLong)), {"r1", "r2", "r4", "r6"});
    main.ok(recv(pipes[3].first));
    expect_names(t, main.call(wait_any(ends, 0ms)), {"r1", "r2", "r6"});
  });

  test("pipe.wait.ready-subset/end", [](Scenario& t) {
    const Actor main = t.root();
    for (const bool is_duplex : {false, true}) {
      const std::string suffix = is_duplex ? "2" : "1";
      const auto [quiet, unused] = main.pipe(is_duplex, "q" + suffix, "u" + suffix);
      const auto [end, other] = main.pipe(is_duplex, "r" + suffix, "s" + suffix);
      Call& waiting = main.start(wait_any({quiet, end}, {}).by("waiter"));
      t.expect_waits(waiting, "for one of two");
      const Answer closed = main.ok(close(other));
      const Answer done = t.finish(waiting);
      expect_names(t, done, {"r" + suffix});
      t.expect_after(done, closed);
    }
  });

  test("pipe.wait.timeout-empty", [](Scenario& t) {
    const Actor main = t.root();
    const Object one = main.pipe(false, "r1", "s1").first;
    const Object two = main.pipe(true, "r2", "s2").first;
    for (const Nanoseconds timeout : {Nanoseconds{1ms}, t.patient(kTimed)}) {
      t.expect_prompt(timeout, [&] {
        const Answer answer = main.call(wait_any({one, two}, timeout));
        expect_names(t, answer, {});
        t.expect_not_before(answer, timeout);
        return answer;
      });
    }
  });

  test("pipe.wait.zero-at-once", [](Scenario& t) {
    const Actor main = t.root();
    const Object one = main.pipe(false, "r1", "s1").first;
    const auto two_sender = main.pipe(true, "r2", "s2");
    const Object &two = two_sender.first, &sender = two_sender.second;
    const auto demand = [&](const std::vector<std::string>& names) {
      for (const Nanoseconds timeout : {Nanoseconds{0ms}, Nanoseconds{-1s}}) {
        t.expect_prompt(0ms, [&] {
          const Answer answer = main.call(wait_any({one, two}, timeout));
          expect_names(t, answer, names);
          return answer;
        });
      }
    };
    demand({});
    main.ok(send(sender, t.item("main", 0)));
    demand({"r2"});
  });

  test("pipe.wait.takes-nothing", [](Scenario& t) {
    const Actor main = t.root();
    const auto [r1, s1] = main.pipe(false, "r1", "s1");
    const auto [r2, s2] = main.pipe(true, "r2", "s2");
    for (std::int64_t i = 0; i < 2; ++i) {
      main.ok(send(s1, t.item("one", i)));
      main.ok(send(s2, t.item("two", i)));
    }
    for (int i = 0; i < 3; ++i) expect_names(t, main.call(wait_any({r1, r2}, kLong)), {"r1", "r2"});
    for (std::int64_t i = 0; i < 2; ++i) {
      t.expect_payload(main.call(recv(r1)), t.item("one", i));
      t.expect_payload(main.call(recv(r2)), t.item("two", i));
    }
    expect_names(t, main.call(wait_any({r1, r2}, 0ms)), {});
  });

  test("pipe.wait.closed-member", [](Scenario& t) {
    const Actor main = t.root();
    const auto [open, sender] = main.pipe(false, "r1", "s1");
    const Object closed = main.pipe(false, "r2", "s2").first;
    main.ok(close(closed));
    for (const auto& ends : {std::vector{open, closed}, std::vector{closed}})
      t.expect(main.call(wait_any(ends, 0ms)), Outcome::kClosed, "this process closed one end");
    main.ok(send(sender, t.item("main", 0)));
    t.expect(main.call(wait_any({open, closed}, kLong)), Outcome::kClosed,
             "this process closed one end");
    t.expect_payload(main.call(recv(open)), t.item("main", 0));
  });

  test("pipe.wait.nan-refused", [](Scenario& t) {
    const Actor main = t.root();
    const auto [receiver, sender] = main.pipe(false);
    const Request request = wait_any({receiver}, {}).timing_out_after(NAN);
    t.expect(main.call(request), Outcome::kInvalidArgument, "no number of seconds");
    main.ok(send(sender, t.item("main", 0)));
    t.expect(main.call(request), Outcome::kInvalidArgument, "no number of seconds");
    t.expect_payload(main.call(recv(receiver)), t.item("main", 0));
  });

  test("pipe.wait.same-end-twice", [](Scenario& t) {
    const Actor main = t.root();
    const auto [receiver, sender] = main.pipe(false, "r", "s");
    main.ok(send(sender, t.item("main", 0)));
    const Answer answer = main.call(wait_any({receiver, receiver}, kLong));
    t.expect_one_of(answer, {Outcome::kOk, Outcome::kRaised, Outcome::kInvalidArgument},
                    "answered or refused");
    if (answer.outcome == Outcome::kOk) {
      const auto names = answer.value.names.value_or(std::vector<std::string>{});
      t.expect_true(!names.empty() && std::ranges::count(names, "r") == std::ssize(names),
                    "that end, once or twice", describe(answer), answer);
      t.observe("pipe.wait.same-end-twice", "answered " + std::to_string(names.size()) + " times");
    } else {
      t.observe("pipe.wait.same-end-twice", "refused");
    }
    t.expect_payload(main.call(recv(receiver)), t.item("main", 0));
  });

  test("pipe.wait.clock-starts-once", [](Scenario& t) {
    clock_starts_once_in_message(
        t, [](const Object& end, Nanoseconds timeout) { return wait_any({end}, timeout); });
  });

  test("pipe.wait.never-waits", [](Scenario& t) {
    ends_at_once_in_message(
        t, [](const Object& end, Nanoseconds timeout) { return wait_any({end}, timeout); });
  });

  // More ends than the 64 handles for which another system's call can wait.
  test("pipe.wait.ready-subset/many-ends", [](Scenario& t) {
    constexpr int kEnds = 100;
    const Actor main = t.root();
    std::vector<Object> ends;
    std::vector<Object> senders;
    for (int i = 0; i < kEnds; ++i) {
      const auto [end, sender] =
          main.pipe(i % 2 == 1, "r" + std::to_string(i), "s" + std::to_string(i));
      ends.push_back(end);
      senders.push_back(sender);
    }
    expect_names(t, main.call(wait_any(ends, 0ms)), {});
    Call& waiting = main.start(wait_any(ends, {}).by("waiter"));
    t.expect_waits(waiting, "for one of many");
    main.ok(send(senders[99], t.item("main", 0)));
    expect_names(t, t.finish(waiting), {"r99"});
    for (const std::size_t each : {0UL, 31UL, 64UL})
      main.ok(send(senders[each], t.item("main", 0)));
    expect_names(t, main.call(wait_any(ends, 60s)), {"r0", "r31", "r64", "r99"});
  });

  test("pipe.wait.ready-subset/large-descriptors", [](Scenario& t) {
    use_low_descriptors(t);
    const Actor main = t.root();
    const auto [r1, s1] = main.pipe(false, "r1", "s1");
    const auto [r2, s2] = main.pipe(true, "r2", "s2");
    expect_names(t, main.call(wait_any({r1, r2}, 10ms)), {});
    main.ok(send(s2, t.item("main", 0)));
    expect_names(t, main.call(wait_any({r1, r2}, 60s)), {"r2"});
    main.ok(send(s1, t.item("main", 0)));
    expect_names(t, main.call(wait_any({r1, r2}, {})), {"r1", "r2"});
  });

  test.thorough()("pipe.wait.ready-subset/longer-than-defaults", [](Scenario& t) {
    const Actor main = t.root();
    const auto [r1, s1] = main.pipe(false, "r1", "s1");
    const auto [r2, s2] = main.pipe(true, "r2", "s2");
    Call& waiting = main.start(wait_any({r1, r2}, {}).by("waiter"));
    t.expect_waits_on(waiting, kLongerThanDefaults, "for one of two");
    main.ok(send(s2, t.item("main", 0)));
    expect_names(t, t.finish(waiting), {"r2"});
  });
}};

}  // namespace
}  // namespace psq::conformance
