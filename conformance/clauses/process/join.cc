// spec/process.md, process.join.*
#include "clauses/shared/never_waits.h"
#include "clauses/shared/one_clock.h"
#include "clauses/shared/scale.h"
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Tests kJoinTests{[](const Define& test) {
  test("process.join.timeout-by-value", [](Scenario& t) {
    const Nanoseconds timeout = t.patient(kTimed);
    const Actor main = t.root();
    const Actor child = main.spawn("child", {});
    t.expect_prompt(timeout, [&] {
      const Answer answer = main.call(join_process("child", timeout));
      t.expect_boolean(answer, false, "it still runs");
      t.expect_not_before(answer, timeout);
      return answer;
    });
    Call& joining = main.start(join_process("child", kLong).by("parent"));
    t.expect_waits(joining, "for the child");
    child.ok(end_by(Ending::kReturn));
    t.expect_boolean(t.finish(joining), true, "it has ended in time");
  });

  test("process.join.waits", [](Scenario& t) {
    const Actor main = t.root();
    const Actor child = main.spawn("child", {});
    Call& joining = main.start(join_process("child").by("parent"));
    t.expect_waits(joining, "for the child");
    t.expect_true(!t.ends_within(joining, 250ms), "the join waits as long as it takes", "it ended");
    child.ok(end_by(Ending::kReturn));
    t.expect_boolean(t.finish(joining), true, "it has ended");
    for (int i = 0; i < 2; ++i)
      t.expect_boolean(main.call(join_process("child")), true, "it has ended, still");
  });

  test("process.join.any-thread", [](Scenario& t) {
    const Actor main = t.root();
    const Actor child = main.spawn("child", {});
    Call& joining = main.start(join_process("child").by("beside"));
    t.expect_waits(joining, "for the child");
    child.ok(end_by(Ending::kExit, 3));
    t.expect_boolean(t.finish(joining), true, "it has ended");
    t.expect_number(main.call(exit_code("child").by("another")), 3, "its exit status");
    t.expect_boolean(main.call(join_process("child")), true,
                     "on the thread that started it as well");
  });

  test("process.join.zero-at-once", [](Scenario& t) {
    const Actor main = t.root();
    const Actor child = main.spawn("child", {});
    for (const Nanoseconds timeout : {Nanoseconds{0}, Nanoseconds{-1s}}) {
      t.expect_prompt(0ms, [&] {
        const Answer answer = main.call(join_process("child", timeout));
        t.expect_boolean(answer, false, "it still runs");
        return answer;
      });
    }
    child.ok(end_by(Ending::kReturn));
    t.expect_end(child);
    // What the kernel knows at once, a parent may have to be told by a helper process.
    t.eventually_boolean(main, join_process("child", 0ms), true);
  });

  test("process.join.clock-starts-once", [](Scenario& t) {
    const Actor main = t.root();
    static_cast<void>(main.spawn("child", {}));
    int tries = 0;
    expect_own_time(t, [&] {
      const Actor sibling = main.spawn("sibling" + std::to_string(tries++), {});
      Call& joining = main.start(join_process("child", own_time(t)).by("parent"));
      let_pass(t, joining, time_of_event(t));
      sibling.ok(end_by(Ending::kReturn));
      t.expect_end(sibling);
      const Nanoseconds ended = monotonic_now();
      const Answer answer = t.finish(joining);
      t.expect_boolean(answer, false, "another child has ended");
      t.expect_not_before(answer, own_time(t));
      main.ok(join_process(sibling.name()));
      return Timely{.answer = answer, .event = ended};
    });
  });

  test("process.join.zero-at-once/another-joins", [](Scenario& t) {
    const Actor main = t.root();
    const Actor child = main.spawn("child", {});
    const Actor sibling = main.spawn("sibling", {});
    Call& joining = main.start(join_process("sibling").by("beside"));
    t.expect_waits(joining, "for another child");
    const auto look = [&] {
      for (const Nanoseconds timeout : {Nanoseconds{0}, Nanoseconds{-1s}}) {
        expect_at_once(t, main, join_process("child", timeout), [&](const Answer& answer) {
          t.expect_boolean(answer, false, "it still runs");
        });
      }
    };
    look();
    t.stop(child);
    look();
    t.resume(child);
    sibling.ok(end_by(Ending::kReturn));
    t.expect_boolean(t.finish(joining), true, "it has ended");
  });

  test.thorough()("process.join.waits/longer-than-defaults", [](Scenario& t) {
    const Actor main = t.root();
    const Actor child = main.spawn("child", {});
    Call& joining = main.start(join_process("child").by("parent"));
    t.expect_waits_on(joining, kLongerThanDefaults, "for the child");
    child.ok(end_by(Ending::kReturn));
    t.expect_boolean(t.finish(joining), true, "it has ended");
  });
}};

}  // namespace
}  // namespace psq::conformance
