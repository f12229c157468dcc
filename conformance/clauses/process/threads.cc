// spec/process.md, process.threads.*
#include <algorithm>

#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

constexpr auto kThread = "short-lived";

// Not probed: drivers that are older than this operation do not know it.
void needs_end_thread(const Scenario& t) {
  if (!t.hello().declares(ObjectType::kProcess, Operation::kEndThread))
    throw Unsupported{"the driver does not declare process.end_thread"};
}

// `used` is the last call of the thread.
void end_thread_of(Scenario& t, const Actor& actor, const Call& used) {
  const pid_t thread = used.began.value().tid;
  actor.ok(end_thread().by(kThread));
  const pid_t pid = t.session().peer(actor.name()).pid;
  const auto has_ended = [&] {
    const auto all = threads_of(pid);
    return std::ranges::find(all, thread) == all.end();
  };
  t.expect_soon(has_ended, "the thread ends, as end_thread asks the driver",
                [] { return std::string{"it still runs"}; });
}

Object created_by_thread(Scenario& t, const Actor& actor, CreatedType type,
                         const std::string& name) {
  Request request = creation(type, {name});
  if (type != CreatedType::kSimpleQueue) request.arguments.maxsize = t.bound(actor.name(), type, 0);
  return actor.create(request.by(kThread));
}

const Tests kThreadsTests{[](const Define& test) {
  // The large item is in the buffer when the thread ends, and whatever moves it on is at work.
  test("process.threads.objects-stay", [](Scenario& t) {
    needs_end_thread(t);
    const Actor main = t.root();
    const Object q = created_by_thread(t, main, CreatedType::kQueue, "q");
    const Object joinable = created_by_thread(t, main, CreatedType::kJoinableQueue, "joinable");
    const Object simple = created_by_thread(t, main, CreatedType::kSimpleQueue, "simple");
    main.ok(put(q, t.item("large", 0, kLarger)).by(kThread));
    main.ok(put(joinable, t.item("main", 0)).by(kThread));
    Call& last = main.start(put(simple, t.item("main", 0)).by(kThread));
    t.expect(t.finish(last), Outcome::kOk);
    end_thread_of(t, main, last);
    const Actor child = main.spawn("child", {q, joinable, simple});
    t.expect_payload(child.call(get(q)), t.item("large", 0, kLarger));
    for (const Object& each : {joinable, simple})
      t.expect_payload(child.call(get(each)), t.item("main", 0));
    child.ok(task_done(joinable));
    t.expect(main.call(join(joinable)), Outcome::kOk, "every task is done");
    for (const Object& each : {q, joinable, simple}) {
      main.ok(put(each, t.item("main", 1)));
      t.expect_payload(child.call(get(each)), t.item("main", 1));
      child.ok(put(each, t.item("child", 2)));
      t.expect_payload(main.call(get(each).by(kThread)), t.item("child", 2));
    }
  });

  test("process.threads.children-stay", [](Scenario& t) {
    needs_end_thread(t);
    const Actor main = t.root();
    const Object q = main.queue();
    Call& spawned = main.start(spawning("child", {"q"}).by(kThread));
    t.expect(t.finish(spawned), Outcome::kOk, "a child to work with");
    t.expect_hello("child", *spawned.answer);
    const Actor child{t, "child"};
    // In a call, so that the child's end is known as the end of that call.
    Call& getting = child.start(get(q).by("getter"));
    t.expect_waits(getting, "for an item");
    end_thread_of(t, main, spawned);
    main.ok(put(q, t.item("main", 0)));
    t.expect_payload(t.finish(getting), t.item("main", 0));
    t.expect(child.call(put(q, t.item("child", 0))), Outcome::kOk, "it goes on");
    t.expect_payload(main.call(get(q)), t.item("child", 0));
    t.expect_boolean(main.call(join_process("child", 20ms)), false, "the child still runs");
    child.ok(end_by(Ending::kExit, 7));
    t.expect_boolean(main.call(join_process("child")), true, "the child has ended");
    t.expect_number(main.call(exit_code("child")), 7, "its exit code");
  });
}};

}  // namespace
}  // namespace psq::conformance
