// spec/process.md, process.objects.*
#include "clauses/process/while_running.h"
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

// As Actor::spawn, on another thread than the main one.
Actor spawn_by(Scenario& t, const Actor& parent, const std::string& thread, const std::string& name,
               const std::vector<std::string>& objects) {
  t.expect_hello(name, parent.ok(spawning(name, objects).by(thread)));
  return {t, name};
}

struct EveryType {
  Object queue, joinable, simple, receiver, sender, left, right;

  explicit EveryType(const Actor& creator, const std::string& prefix = "")
      : queue(creator.queue(0, prefix + "queue")),
        joinable(creator.joinable_queue(0, prefix + "joinable")),
        simple(creator.simple_queue(prefix + "simple")) {
    std::tie(receiver, sender) = creator.pipe(false, prefix + "receiver", prefix + "sender");
    std::tie(left, right) = creator.pipe(true, prefix + "left", prefix + "right");
  }
  [[nodiscard]] std::vector<Object> queues() const { return {queue, joinable, simple}; }
  [[nodiscard]] std::vector<Object> for_child() const {
    return {queue, joinable, simple, receiver, right};
  }
};

// What `main` puts or sends, `child` obtains, and for what goes both ways the other way round.
void exchange(Scenario& t, const EveryType& objects, const Actor& main, const Actor& child) {
  for (const Object& q : objects.queues()) {
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

const Tests kObjectsTests{[](const Define& test) {
  test("process.objects.every-type", [](Scenario& t) {
    const Actor main = t.root();
    const EveryType objects{main};
    exchange(t, objects, main, main.spawn("child", objects.for_child()));
  });

  test("process.objects.grandchild", [](Scenario& t) {
    const Actor main = t.root();
    const EveryType objects{main};
    const Actor child = main.spawn("child", objects.for_child());
    exchange(t, objects, main, child.spawn("grandchild", objects.for_child()));
  });

  // Siblings that go on from the same copy of their parent create the same objects in the same
  // order. The one that puts last gets first: in a queue that they shared it would find the other's
  // item. More than once, as the first item of a process may become visible late.
  test("process.objects.made-by-child", [](Scenario& t) {
    constexpr std::int64_t kRounds = 3;
    const Actor main = t.root();
    const Actor one = main.spawn("one", {});
    const Actor two = main.spawn("two", {});
    const EveryType of_one{one, "one-"};
    const EveryType of_two{two, "two-"};
    const EveryType of_main{main};
    for (std::size_t i = 0; i < of_one.queues().size(); ++i) {
      for (std::int64_t round = 0; round < kRounds; ++round) {
        one.ok(put(of_one.queues()[i], t.item("one", round)));
        two.ok(put(of_two.queues()[i], t.item("two", round)));
        main.ok(put(of_main.queues()[i], t.item("main", round)));
        t.expect_payload(main.call(get(of_main.queues()[i])), t.item("main", round));
        t.expect_payload(two.call(get(of_two.queues()[i])), t.item("two", round));
        t.expect_payload(one.call(get(of_one.queues()[i])), t.item("one", round));
      }
    }
    for (const auto& [creator, objects] : {std::pair{one, of_one}, std::pair{two, of_two}}) {
      for (std::int64_t round = 0; round < kRounds; ++round)
        creator.ok(task_done(objects.joinable));
      exchange(t, objects, creator,
               creator.spawn("child-of-" + creator.name(), objects.for_child()));
    }
  });

  // A bystander is started while the pipe is there, from a thread beside one that is blocked: it
  // must hold no end.
  test("process.objects.only-given", [](Scenario& t) {
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
    writer.ok(end_by(Ending::kReturn));
    t.expect(t.finish(last), Outcome::kEndOfStream, "the only holder of the sending end has ended");
    bystander.ok(put(q, t.item("bystander", 0)));
    t.expect_payload(main.call(get(q)), t.item("bystander", 0));
  });

  test("process.objects.while-blocked", [](Scenario& t) {
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
  });

  test("process.objects.while-running", while_running);

  // A pipe first: where the implementation takes the lowest numbers, its ends are 0 and 1.
  test("process.objects.closed-descriptors", [](Scenario& t) {
    t.needs_option("closed_descriptors");
    t.restart_without_standard_descriptors();
    const Actor main = t.root();
    const auto [first, second] = main.pipe(true, "first", "second");
    const EveryType objects{main};
    std::vector<Object> given = objects.for_child();
    given.push_back(second);
    const Actor child = main.spawn("child", given);
    exchange(t, objects, main, child);
    main.ok(send(first, t.item("main", 9)));
    t.expect_payload(child.call(recv(second)), t.item("main", 9));
    child.ok(send(second, t.item("child", 9)));
    t.expect_boolean(main.call(poll_forever(first)), true, "a message is there");
    t.expect_payload(main.call(recv(first)), t.item("child", 9));
    exchange(t, objects, main, main.spawn("another", given));
  });

  test("process.objects.after-drop", [](Scenario& t) {
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
        t.expect(one.call(put(each, t.item("one", i))), Outcome::kOk,
                 "its creator has no say in it");
        t.expect_payload(two.call(get(each)), t.item("one", i));
      }
      two.ok(task_done(joinable));
      t.expect(one.call(join(joinable)), Outcome::kOk, "every task is done");
    }
  });
}};

}  // namespace
}  // namespace psq::conformance
