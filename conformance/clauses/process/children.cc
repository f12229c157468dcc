// spec/process.md: several children, and what the end of a process waits for
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

void several(Scenario& t) {
  const Actor main = t.root();
  const std::vector<std::string> names{"zero", "one", "two", "three"};
  for (const std::string& name : names) main.spawn(name, {});
  for (const std::size_t i : {2, 0, 3}) {
    Actor{t, names[i]}.ok(end_by("exit", static_cast<std::int64_t>(10 + i)));
    t.expect_boolean(main.call(join_process(names[i])), true, "this one has ended");
    const Answer other = main.ok(exit_code("one"));
    t.expect_true(other.value.null, "no exit code of another child, which runs", describe(other),
                  other);
  }
  t.expect_boolean(main.call(join_process("one", 50ms)), false, "this one still runs");
  for (const std::int64_t i : {0, 2, 3}) {
    t.expect_number(main.call(exit_code(names[static_cast<std::size_t>(i)])), 10 + i,
                    "its own exit code");
  }
}

void join_any_thread(Scenario& t) {
  const Actor main = t.root();
  const Actor child = main.spawn("child", {});
  Call& joining = main.start(join_process("child").by("beside"));
  t.expect_waits(joining, "for the child");
  child.ok(end_by("exit", 3));
  t.expect_boolean(t.finish(joining), true, "it has ended");
  t.expect_number(main.call(exit_code("child").by("another")), 3, "its exit status");
  t.expect_boolean(main.call(join_process("child")), true, "on the thread that started it as well");
}

void join_zero_at_once(Scenario& t) {
  const Actor main = t.root();
  const Actor child = main.spawn("child", {});
  for (const Nanoseconds timeout : {Nanoseconds{0}, Nanoseconds{-1s}}) {
    t.expect_prompt(0ms, [&] {
      const Answer answer = main.call(join_process("child", timeout));
      t.expect_boolean(answer, false, "it still runs");
      return answer;
    });
  }
  child.ok(end_by("return"));
  t.expect_end(child);
  // What the kernel knows at once, a parent may have to be told by a helper process.
  t.eventually_boolean(main, join_process("child", 0ms), true);
}

void terminate_after_end(Scenario& t) {
  const Actor main = t.root();
  for (const bool joined : {false, true}) {
    const std::string name = joined ? "joined" : "unjoined";
    const Actor child = main.spawn(name, {});
    child.ok(end_by("exit", 7));
    t.expect_end(child);
    if (joined) t.expect_boolean(main.call(join_process(name)), true, "it has ended");
    t.expect(main.call(terminate(name)), Outcome::kOk, "there is nothing to end");
    t.expect(main.call(kill_child(name)), Outcome::kOk, "there is nothing to end");
    t.expect_boolean(main.call(join_process(name)), true, "it has ended");
    t.expect_number(main.call(exit_code(name)), 7, "what it ended with before");
  }
}

void waits_for_children(Scenario& t) {
  const Actor main = t.root();
  const Actor parent = main.spawn("parent", {});
  const Actor child = parent.spawn("child", {});
  parent.ok(end_by("exit", 4));
  Call& joining = main.start(join_process("parent").by("joiner"));
  const bool ended = t.ends_within(joining, 300ms);
  t.expect_true(!ended, "the parent goes on until its child has ended", "it ended");
  t.expect_waits(joining, "for a process that waits for its child");
  const Answer released = child.ok(end_by("return"));
  const Answer joined = t.finish(joining);
  t.expect_boolean(joined, true, "its child has ended");
  t.expect_after(joined, released);
  t.expect_number(main.call(exit_code("parent")), 4, "its own exit status");
}

void blocked_threads(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue();
  const Object joinable = main.joinable_queue(0, "joinable");
  const auto ends = main.pipe(false);
  const Actor child = main.spawn("child", {q, joinable, ends.first});
  main.ok(put(joinable, t.item("main", 0)));
  Call& getting = child.start(get(q).by("getter"));
  Call& joining = child.start(join(joinable).by("joiner"));
  Call& receiving = child.start(recv(ends.first).by("receiver"));
  for (Call* each : {&getting, &joining, &receiving}) t.expect_waits(*each, "for what never comes");
  child.ok(end_by("exit", 5));
  t.expect_end(child);
  t.expect_boolean(main.call(join_process("child")), true, "it has ended");
  t.expect_number(main.call(exit_code("child")), 5, "its own exit status");
}

void calls_go_on(Scenario& t) {
  constexpr std::int64_t kItems = 6;
  const Actor main = t.root();
  const Object q = main.queue();
  const Object flushed = main.queue(0, "flushed");
  const Actor child = main.spawn("child", {q, flushed});
  Call& getting = child.start(get(q).by("getter"));
  t.expect_waits(getting, "for what never comes");
  child.ok(put_many(t, flushed, "child", kItems, 1 << 20));
  child.ok(end_by("exit", 5));
  const bool ended = t.ends_within(getting, 400ms);
  t.expect_true(!ended, "the get goes on as long as the process is there", "it ended");
  const Obtained obtained = all_obtained(t, main.start(get_many(flushed, kItems)));
  expect_exactly_once(t, {{"child", kItems}}, {obtained});
  t.expect_end(child);
  t.expect_boolean(main.call(join_process("child")), true, "it has ended");
  t.expect_number(main.call(exit_code("child")), 5, "its own exit status");
}

void daemon_may_lose(Scenario& t) {
  constexpr std::int64_t kItems = 6;
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor parent = main.spawn("parent", {q});
  const Actor daemon = parent.spawn("daemon", {q}, true);
  daemon.ok(put_many(t, q, "daemon", kItems, 1 << 20));
  parent.ok(end_by("return"));
  t.expect_end(parent);
  t.expect_end(daemon);
  Call& gets = main.start(get_many(q, kItems));
  until_quiet(t, gets);
  const Obtained obtained = obtained_so_far(t, gets);
  expect_prefix(t, "daemon", obtained.answers);
  t.observe("process.daemon.unflushed-lost",
            obtained.answers.size() == kItems ? "all arrive" : "some are lost");
}

const Tests kTests{
    {{"process.children.several"}, several},
    {{"process.join.any-thread"}, join_any_thread},
    {{"process.join.zero-at-once"}, join_zero_at_once},
    {{"process.terminate.after-end"}, terminate_after_end},
    {{"process.exit.waits-for-children"}, waits_for_children},
    {{"process.exit.blocked-threads"}, blocked_threads},
    {{"process.exit.calls-go-on"}, calls_go_on},
    {{"process.daemon.unflushed-lost"}, daemon_may_lose},
};

}  // namespace
}  // namespace psq::conformance
