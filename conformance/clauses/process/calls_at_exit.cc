// spec/process.md, process.exit.calls-before, calls-after and items-after
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

// A queue into which the root puts at its end, and what of it its consumer obtains.
struct LateQueue {
  Object queue;
  std::int64_t before;  // so many items are put before
  std::int64_t size;    // of the item that is put at the end
  Call* gets = nullptr;
};

void expect_items(Scenario& t, const LateQueue& each, bool arrives) {
  const std::int64_t expected = each.before + (arrives ? 1 : 0);
  const auto enough = [&] { return std::ssize(each.gets->events) >= expected; };
  expect_arrival(t, {each.gets}, enough);
  if (!arrives) until_quiet(t, *each.gets);
  const Obtained obtained = obtained_so_far(t, *each.gets);
  expect_exactly_once(t, {{"main", expected}}, {obtained});
  expect_producer_order(t, {obtained});
}

const Tests kCallsAtExitTests{[](const Define& test) {
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
    std::vector<LateQueue> queues{{main.queue(), 1, 0},
                                  {main.queue(0, "flushed"), 3, 0},
                                  {main.queue(0, "long"), 1, kLarger},
                                  {main.queue(0, "unused"), 0, 0},
                                  {main.joinable_queue(0, "joinable"), 1, 0},
                                  {main.simple_queue("simple"), 1, 0}};
    std::vector<Object> all;
    for (const LateQueue& each : queues) all.push_back(each.queue);
    const Actor consumer = orphan(t, all);
    std::vector<Request> calls;
    for (LateQueue& each : queues) {
      each.gets = &consumer.start(get_many(each.queue, each.before + 1).by(each.queue.name));
      const std::int64_t size = each.before > 1 ? kMegabyte : 0;
      for (std::int64_t i = 0; i < each.before; ++i)
        main.ok(put(each.queue, t.item("main", i, size)));
      calls.push_back(put(each.queue, t.item("main", each.before, each.size)));
    }
    const Call& list = done_at_end(t, main.start(run_after_exit(std::move(calls))));
    t.expect_end(main);
    for (std::size_t i = 0; i < queues.size(); ++i)
      expect_items(t, queues[i], list.events.at(i).outcome == Outcome::kOk);
  });
}};

}  // namespace
}  // namespace psq::conformance
