// spec/process.md
#include <signal.h>

#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

struct EveryType {
  Object queue, joinable, simple, receiver, sender, left, right;

  explicit EveryType(const Actor& main)
      : queue(main.queue(0, "queue")),
        joinable(main.joinable_queue(0, "joinable")),
        simple(main.simple_queue("simple")) {
    std::tie(receiver, sender) = main.pipe(false, "receiver", "sender");
    std::tie(left, right) = main.pipe(true, "left", "right");
  }
  [[nodiscard]] std::vector<Object> for_child() const {
    return {queue, joinable, simple, receiver, right};
  }
};

// What `main` puts or sends, `child` obtains, and for what goes both ways the other way round.
void exchange(Scenario& t, const EveryType& objects, const Actor& main, const Actor& child) {
  for (const Object& q : {objects.queue, objects.joinable, objects.simple}) {
    main.ok(put(q, t.item("main", 0)));
    t.expect_payload(child.call(get(q)), t.item("main", 0));
    child.ok(put(q, t.item("child", 0)));
    t.expect_payload(main.call(get(q)), t.item("child", 0));
  }
  child.ok(task_done(objects.joinable));
  main.ok(task_done(objects.joinable));
  t.expect(child.call(join(objects.joinable)), Outcome::kOk, "both tasks are done");
  main.ok(send(objects.sender, t.item("main", 1)));
  t.expect_payload(child.call(recv(objects.receiver)), t.item("main", 1));
  main.ok(send(objects.left, t.item("main", 2)));
  t.expect_payload(child.call(recv(objects.right)), t.item("main", 2));
  child.ok(send(objects.right, t.item("child", 2)));
  t.expect_payload(main.call(recv(objects.left)), t.item("child", 2));
}

void every_type(Scenario& t) {
  const Actor main = t.root();
  const EveryType objects{main};
  exchange(t, objects, main, main.spawn("child", objects.for_child()));
}

void grandchild(Scenario& t) {
  const Actor main = t.root();
  const EveryType objects{main};
  const Actor child = main.spawn("child", objects.for_child());
  exchange(t, objects, main, child.spawn("grandchild", objects.for_child()));
}

// A bystander is started while the pipe is there, from a thread beside one that is blocked: it must
// hold no end.
void only_given(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue();
  const auto ends = main.pipe(false);
  Call& blocked = main.start(recv(ends.first).by("reader"));
  t.expect_waits(blocked, "for a message");
  const Actor bystander = main.spawn("bystander", {q});
  const Actor writer = main.spawn("writer", {ends.second});
  main.ok(close(ends.second));
  writer.ok(send(ends.second, t.item("writer", 0)));
  t.expect_payload(t.finish(blocked), t.item("writer", 0));
  Call& last = main.start(recv(ends.first).by("reader"));
  t.expect_waits(last, "for a message");
  writer.ok(end_by("return"));
  t.expect(t.finish(last), Outcome::kEndOfStream, "the only holder of the sending end has ended");
  bystander.ok(put(q, t.item("bystander", 0)));
  t.expect_payload(main.call(get(q)), t.item("bystander", 0));
}

void exit_codes(Scenario& t) {
  const Actor main = t.root();
  const auto ends_with = [&](const std::string& name, const Request& end, std::int64_t code) {
    const Actor child = main.spawn(name, {});
    const Answer running = main.ok(exit_code(name));
    t.expect_true(running.value.null, "none, while it runs", describe(running), running);
    child.ok(end);
    t.expect_boolean(main.call(join_process(name)), true, "it has ended");
    t.expect_number(main.call(exit_code(name)), code, "after " + describe(end));
  };
  ends_with("returns", end_by("return"), 0);
  ends_with("exits0", end_by("exit", 0), 0);
  ends_with("exits3", end_by("exit", 3), 3);
  ends_with("exits255", end_by("exit", 255), 255);
  ends_with("exits_now", end_by("exit_now", 4), 4);
  ends_with("raises", end_by("raise"), 1);
  const Actor killed = main.spawn("killed", {});
  t.kill(killed);
  t.expect_boolean(main.call(join_process("killed")), true, "it has ended");
  t.expect_number(main.call(exit_code("killed")), -SIGKILL, "ended by a signal");
}

void join_timeout_by_value(Scenario& t) {
  constexpr auto kTimeout = 200ms;
  const Actor main = t.root();
  const Actor child = main.spawn("child", {});
  t.expect_prompt(kTimeout, [&] {
    const Answer answer = main.call(join_process("child", kTimeout));
    t.expect_boolean(answer, false, "it still runs");
    t.expect_not_before(answer, kTimeout);
    return answer;
  });
  Call& joining = main.start(join_process("child", 60s).by("parent"));
  t.expect_waits(joining, "for the child");
  child.ok(end_by("return"));
  t.expect_boolean(t.finish(joining), true, "it has ended in time");
}

void join_waits(Scenario& t) {
  const Actor main = t.root();
  const Actor child = main.spawn("child", {});
  Call& joining = main.start(join_process("child").by("parent"));
  t.expect_waits(joining, "for the child");
  t.expect_true(!t.ends_within(joining, 250ms), "the join waits as long as it takes", "it ended");
  child.ok(end_by("return"));
  t.expect_boolean(t.finish(joining), true, "it has ended");
  for (int i = 0; i < 2; ++i)
    t.expect_boolean(main.call(join_process("child")), true, "it has ended, still");
}

void ends_child(Scenario& t, const Request& request, int signal) {
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor child = main.spawn("child", {q});
  Call& busy = child.start(get(q));
  t.expect_waits(busy, "for an item");
  t.expect(main.call(request), Outcome::kOk);
  t.expect_end(child);
  t.expect_boolean(main.call(join_process("child")), true, "it has ended");
  t.expect_number(main.call(exit_code("child")), -signal, "ended by a signal");
}

void terminate_ends(Scenario& t) { ends_child(t, terminate("child"), SIGTERM); }
void kill_ends(Scenario& t) { ends_child(t, kill_child("child"), SIGKILL); }

void daemon_ends_with_parent(Scenario& t) {
  const Actor main = t.root();
  const Actor parent = main.spawn("parent", {});
  const Actor daemon = parent.spawn("daemon", {}, true);
  parent.ok(end_by("return"));
  t.expect_end(parent);
  t.expect_true(t.session().peer("daemon").dead ||
                    t.session().wait_until([&] { return t.session().peer("daemon").dead; }, 0ms),
                "the daemon is ended before its parent is gone", "it runs on");
}

const Tests kTests{
    {{"process.objects.every-type"}, every_type},
    {{"process.objects.grandchild"}, grandchild},
    {{"process.objects.only-given"}, only_given},
    {{"process.exit-code.values"}, exit_codes},
    {{"process.join.timeout-by-value"}, join_timeout_by_value},
    {{"process.join.waits"}, join_waits},
    {{"process.terminate.ends"}, terminate_ends},
    {{"process.kill.ends"}, kill_ends},
    {{"process.daemon.ends-with-parent"}, daemon_ends_with_parent},
};

}  // namespace
}  // namespace psq::conformance
