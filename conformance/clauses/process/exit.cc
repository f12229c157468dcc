// spec/process.md, process.exit.*
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

const Tests kExitTests{[](const Define& test) {
  test("process.exit.waits-for-children", [](Scenario& t) {
    const Actor main = t.root();
    const Actor parent = main.spawn("parent", {});
    const Actor child = parent.spawn("child", {});
    parent.ok(end_by(Ending::kExit, 4));
    Call& joining = main.start(join_process("parent").by("joiner"));
    const bool ended = t.ends_within(joining, 300ms);
    t.expect_true(!ended, "the parent goes on until its child has ended", "it ended");
    t.expect_waits(joining, "for a process that waits for its child");
    const Answer released = child.ok(end_by(Ending::kReturn));
    const Answer joined = t.finish(joining);
    t.expect_boolean(joined, true, "its child has ended");
    t.expect_after(joined, released);
    t.expect_number(main.call(exit_code("parent")), 4, "its own exit status");
  });

  test("process.exit.blocked-threads", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue();
    const Object joinable = main.joinable_queue(0, "joinable");
    const auto ends = main.pipe(false);
    const Actor child = main.spawn("child", {q, joinable, ends.first});
    main.ok(put(joinable, t.item("main", 0)));
    Call& getting = child.start(get(q).by("getter"));
    Call& joining = child.start(join(joinable).by("joiner"));
    Call& receiving = child.start(recv(ends.first).by("receiver"));
    for (Call* each : {&getting, &joining, &receiving})
      t.expect_waits(*each, "for what never comes");
    child.ok(end_by(Ending::kExit, 5));
    t.expect_end(child);
    t.expect_boolean(main.call(join_process("child")), true, "it has ended");
    t.expect_number(main.call(exit_code("child")), 5, "its own exit status");
  });

  test("process.exit.calls-go-on", [](Scenario& t) {
    constexpr std::int64_t kItems = 6;
    const Actor main = t.root();
    const Object q = main.queue();
    const Object flushed = main.queue(0, "flushed");
    const Actor child = main.spawn("child", {q, flushed});
    Call& getting = child.start(get(q).by("getter"));
    t.expect_waits(getting, "for what never comes");
    child.ok(put_many(t, flushed, "child", kItems, 1 << 20));
    child.ok(end_by(Ending::kExit, 5));
    const bool ended = t.ends_within(getting, 400ms);
    // Where the transport takes all, the process is gone at once, and the call with it.
    const bool at_once = ended && (getting.answer->outcome == Outcome::kKilled ||
                                   getting.answer->outcome == Outcome::kCrashed);
    t.expect_true(!ended || at_once, "the get goes on as long as the process is there", "it ended");
    const Obtained obtained = all_obtained(t, main.start(get_many(flushed, kItems)));
    expect_exactly_once(t, {{"child", kItems}}, {obtained});
    t.expect_end(child);
    t.expect_boolean(main.call(join_process("child")), true, "it has ended");
    t.expect_number(main.call(exit_code("child")), 5, "its own exit status");
    if (at_once) throw Unsupported{"its transport takes 6 MiB at once: no end waits for a flush"};
  });
}};

}  // namespace
}  // namespace psq::conformance
