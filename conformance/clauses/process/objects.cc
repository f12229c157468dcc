// spec/process.md: what processes hold, and when they may be started
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

// As Actor::spawn, on another thread than the main one.
Actor spawn_by(Scenario& t, const Actor& parent, const std::string& thread, const std::string& name,
               const std::vector<std::string>& objects) {
  const Request spawn = Request{.verb = "spawn", .type = "process"}
                            .with("name", name)
                            .with("objects", objects)
                            .by(thread);
  parent.ok(spawn);
  t.session().expect_hello(name);
  return {t, name};
}

void while_blocked(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue();
  const Object bounded = main.queue(1, "bounded");
  const Object simple = main.simple_queue("simple");
  // So that all that a queue has in a process is there at the fork.
  main.ok(put(q, t.item("main", 0)));
  t.expect_payload(main.call(get(q)), t.item("main", 0));
  main.ok(put(bounded, t.item("main", 0)));
  Call& getting = main.start(get(q).by("getter"));
  Call& putting = main.start(put(bounded, t.item("main", 1)).by("putter"));
  Call& taking = main.start(get(simple).by("taker"));
  for (Call* each : {&getting, &putting, &taking}) t.expect_waits(*each, "at the child's start");
  const Actor child = spawn_by(t, main, "spawner", "child", {"q", "bounded", "simple"});
  child.ok(put(q, t.item("child", 0)));
  t.expect_payload(t.finish(getting), t.item("child", 0));
  t.expect_payload(child.call(get(bounded)), t.item("main", 0));
  t.expect(t.finish(putting), Outcome::kOk, "the child freed a slot");
  t.expect_payload(child.call(get(bounded)), t.item("main", 1));
  child.ok(put(simple, t.item("child", 0)));
  t.expect_payload(t.finish(taking), t.item("child", 0));
}

void after_drop(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue(2);
  const Object simple = main.simple_queue("simple");
  const Object joinable = main.joinable_queue(0, "joinable");
  const std::vector<Object> objects{q, simple, joinable};
  const Actor one = main.spawn("one", objects);
  const Actor two = main.spawn("two", objects);
  for (const Object& each : objects) main.ok(drop(each));
  for (std::int64_t i = 0; i < 5; ++i) {
    for (const Object& each : objects) {
      t.expect(one.call(put(each, t.item("one", i))), Outcome::kOk, "its creator has no say in it");
      t.expect_payload(two.call(get(each)), t.item("one", i));
    }
    two.ok(task_done(joinable));
    t.expect(one.call(join(joinable)), Outcome::kOk, "every task is done");
  }
}

const Tests kTests{
    {{"process.objects.while-blocked"}, while_blocked},
    {{"process.objects.after-drop"}, after_drop},
};

}  // namespace
}  // namespace psq::conformance
