// spec/queue.md, queue.exit.*
#include "clauses/shared/items.h"
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

void creator_flushes(Scenario& t, const Request& end) {
  constexpr std::int64_t kItems = 6;
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor consumer = orphan(t, {q});
  main.ok(put_many(t, q, "main", kItems, kMegabyte));
  main.ok(end);
  const Obtained obtained = all_obtained(t, consumer.start(get_many(q, kItems)));
  expect_exactly_once(t, {{"main", kItems}}, {obtained});
  expect_producer_order(t, {obtained});
  t.expect_end(main);
}

const Tests kExitTests{[](const Define& test) {
  test("queue.exit.flushes/daemon", [](Scenario& t) {
    constexpr std::int64_t kItems = 6;
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor producer = main.spawn("producer", {q}, true);
    producer.ok(put_many(t, q, "producer", kItems, kMegabyte));
    producer.ok(end_by(Ending::kReturn));
    const Obtained obtained = all_obtained(t, main.start(get_many(q, kItems)));
    expect_exactly_once(t, {{"producer", kItems}}, {obtained});
    t.expect_end(producer);
  });

  test("queue.exit.flushes/return",
       [](Scenario& t) { exit_flushes(t, QueueKind::kQueue, end_by(Ending::kReturn), 200); });

  test("queue.exit.flushes/exit",
       [](Scenario& t) { exit_flushes(t, QueueKind::kQueue, end_by(Ending::kExit, 3), 200); });

  test("queue.exit.flushes/error",
       [](Scenario& t) { exit_flushes(t, QueueKind::kQueue, end_by(Ending::kRaise), 200); });

  // Each of them with more than transports hold.
  test("queue.exit.flushes/all-queues", [](Scenario& t) {
    const Actor main = t.root();
    const std::vector<Object> queues{main.queue(0, "a"), main.queue(0, "b"), main.queue(0, "c")};
    const Actor producer = main.spawn("producer", queues);
    for (const Object& q : queues) producer.ok(put_many(t, q, "producer", 4, kMegabyte));
    producer.ok(end_by(Ending::kReturn));
    for (const Object& q : queues) {
      expect_exactly_once(t, {{"producer", 4}}, {all_obtained(t, main.start(get_many(q, 4)))});
    }
    t.expect_end(producer);
  });

  test("queue.exit.large-flush", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor producer = main.spawn("producer", {q});
    producer.ok(put_many(t, q, "producer", 6, kMegabyte));
    producer.ok(end_by(Ending::kExit, 7));
    Call& joining = main.start(join_process("producer").by("parent"));
    // It ends before anything is taken where the transport has room for all.
    static_cast<void>(t.comes_to_wait(joining));
    const Obtained obtained = all_obtained(t, main.start(get_many(q, 6)));
    t.expect_boolean(t.finish(joining), true, "all is visible, the child can end");
    t.expect_number(main.call(exit_code("producer")), 7, "its own exit status");
    expect_exactly_once(t, {{"producer", 6}}, {obtained});
    expect_producer_order(t, {obtained});
  });

  test("queue.exit.creator-flushes/return",
       [](Scenario& t) { creator_flushes(t, end_by(Ending::kReturn)); });

  test("queue.exit.creator-flushes/exit",
       [](Scenario& t) { creator_flushes(t, end_by(Ending::kExit, 3)); });

  // At another point of its flush in each round.
  test("queue.exit.immediate-loses-a-suffix", [](Scenario& t) {
    constexpr std::int64_t kItems = 300;
    for (const std::size_t at : {std::size_t{20}, std::size_t{60}, std::size_t{150}}) {
      t.restart();
      const Actor main = t.root();
      const Object q = main.queue();
      const Actor producer = main.spawn("producer", {q});
      Call& gets = main.start(get_many(q, kItems));
      producer.ok(put_many(t, q, "producer", kItems, 1000));
      expect_arrival(t, {&gets},
                     [&] { return gets.events.size() >= at || gets.answer.has_value(); });
      producer.ok(end_by(Ending::kExitNow));
      t.expect_end(producer);
      until_quiet(t, gets);
      expect_prefix(t, "producer", obtained_so_far(t, gets).answers);
    }
  });
}};

}  // namespace
}  // namespace psq::conformance
