// spec/process.md, process.exit.*
#include "clauses/shared/items.h"
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

// What a list that waits for the end of the root has done.
const Call& done_at_end(Scenario& t, Call& list) {
  t.root().ok(end_by(Ending::kReturn));
  t.expect(t.finish(list), Outcome::kOk, "each call at the end of the process ends");
  return list;
}

// A queue into which the root puts at its end, and what its consumer obtains of it.
struct LateQueue {
  Object queue;
  std::int64_t before;   // so many items are put before
  std::int64_t size;     // of the item that is put at the end, or of each before it
  Call* meanwhile = {};  // gets that are there before the end: of more than a transport takes
};

Obtained obtained_from(Scenario& t, const Actor& consumer, const LateQueue& each, bool arrives) {
  const std::int64_t expected = each.before + (arrives ? 1 : 0);
  if (each.meanwhile == nullptr) {
    // The root has ended: an item that arrives is at rest.
    Call& gets = consumer.start(get_many(each.queue, each.before + 1, within(t.patient(kTimed))));
    t.finish(gets);
    return obtained_so_far(t, gets);
  }
  const auto enough = [&] { return std::ssize(each.meanwhile->events) >= expected; };
  expect_arrival(t, {each.meanwhile}, enough);
  if (!arrives) until_quiet(t, *each.meanwhile);
  return obtained_so_far(t, *each.meanwhile);
}

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

  // The consumer is a child: the implementation, which then waits for it, has not begun its end.
  test("process.exit.calls-before", [](Scenario& t) {
    t.needs_option("before_exit");
    const Actor main = t.root();
    const std::vector<Object> queues{main.queue(), main.joinable_queue(0, "joinable"),
                                     main.simple_queue("simple")};
    const Object back = main.queue(0, "back");
    const auto ends = main.pipe(false);
    const Actor child = main.spawn("child", {queues[0], queues[1], queues[2], back, ends.first});
    for (const Object& q : queues) main.ok(put(q, t.item("main", 0)));
    child.ok(put(back, t.item("child", 0)));
    std::vector<Request> calls{send(ends.second, t.item("main", 0)), get(back)};
    for (const Object& q : queues) calls.push_back(put(q, t.item("main", 1)));
    Call& list = main.start(run_before_exit(std::move(calls)));
    for (const Answer& each : done_at_end(t, list).events)
      t.expect(each, Outcome::kOk, "the implementation has not begun its end");
    for (const Object& q : queues) {
      for (std::int64_t i = 0; i < 2; ++i) t.expect_payload(child.call(get(q)), t.item("main", i));
    }
    t.expect_payload(child.call(recv(ends.first)), t.item("main", 0));
    child.ok(end_by(Ending::kReturn));
    t.expect_end(main);
  });

  // Queues that were used and queues that were not, with a bound and without one.
  test("process.exit.calls-after", [](Scenario& t) {
    t.needs_option("after_exit");
    const Actor main = t.root();
    const std::vector<Object> queues{main.queue(), main.joinable_queue(0, "joinable"),
                                     main.queue(0, "unused"), main.queue(1, "bounded"),
                                     main.simple_queue("simple")};
    const Object back = main.queue(0, "back");
    const auto ends = main.pipe(false);
    std::vector<Object> all = queues;
    all.insert(all.end(), {back, ends.first});
    const Actor consumer = orphan(t, all);
    for (const Object& q : {queues[0], queues[1]}) main.ok(put(q, t.item("main", 0)));
    consumer.ok(put(back, t.item("consumer", 0)));
    std::vector<Request> calls{send(ends.second, t.item("main", 0)),
                               get(back, within(t.patient(kTimed)))};
    for (const Object& q : queues) calls.push_back(put(q, t.item("main", 1)));
    done_at_end(t, main.start(run_after_exit(std::move(calls))));
    t.expect_end(main);
  });

  // A long item is one that no transport takes whole.
  test("process.exit.items-after", [](Scenario& t) {
    t.needs_option("after_exit");
    const Actor main = t.root();
    const Object simple = main.simple_queue("simple");
    std::vector<LateQueue> queues{{main.queue(), 1, 0},
                                  {main.joinable_queue(0, "joinable"), 1, 0},
                                  {main.queue(0, "unused"), 0, 0},
                                  {main.queue(0, "flushed"), 3, kMegabyte},
                                  {main.queue(0, "long"), 1, kLarger}};
    std::vector<Object> all{simple};
    for (const LateQueue& each : queues) all.push_back(each.queue);
    const Actor consumer = orphan(t, all);
    std::vector<Request> calls{put(simple, t.item("main", 0))};
    for (LateQueue& each : queues) {
      if (each.size > 0) {
        Request gets = get_many(each.queue, each.before + 1).by(each.queue.name);
        each.meanwhile = &consumer.start(gets);
      }
      for (std::int64_t i = 0; i < each.before; ++i)
        main.ok(put(each.queue, t.item("main", i, each.size)));
      calls.push_back(put(each.queue, t.item("main", each.before, each.size)));
    }
    const Call& list = done_at_end(t, main.start(run_after_exit(std::move(calls))));
    t.expect_end(main);
    if (list.events.at(0).outcome == Outcome::kOk)
      t.expect_payload(consumer.call(get(simple)), t.item("main", 0));
    for (std::size_t i = 0; i < queues.size(); ++i) {
      const bool arrives = list.events.at(i + 1).outcome == Outcome::kOk;
      const std::int64_t expected = queues[i].before + (arrives ? 1 : 0);
      const Obtained obtained = obtained_from(t, consumer, queues[i], arrives);
      expect_exactly_once(t, {{"main", expected}}, {obtained});
      expect_producer_order(t, {obtained});
    }
  });
}};

}  // namespace
}  // namespace psq::conformance
