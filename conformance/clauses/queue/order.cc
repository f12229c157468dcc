// spec/queue.md, queue.order.*
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

const Tests kOrderTests{[](const Define& test) {
  test("queue.order.per-producer", [](Scenario& t) {
    constexpr std::int64_t kItems = 400;
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor producer = main.spawn("producer", {q});
    Call& puts = producer.start(put_many(t, q, "producer", kItems));
    Call& gets = main.start(get_many(q, kItems));
    const Obtained obtained = all_obtained(t, gets);
    t.expect(t.finish(puts), Outcome::kOk);
    expect_exactly_once(t, {{"producer", kItems}}, {obtained});
    expect_producer_order(t, {obtained});
  });

  // Large and small in turn: what goes another way through the transport must not overtake.
  test("queue.order.per-producer/mixed-sizes", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor producer = main.spawn("producer", {q});
    std::vector<Request> list;
    for (int round = 0; round < 3; ++round) {
      for (const std::int64_t size : boundary_sizes()) {
        list.push_back(put(q, t.item("producer", static_cast<std::int64_t>(list.size()), size)));
        list.push_back(put(q, t.item("producer", static_cast<std::int64_t>(list.size()))));
      }
    }
    const auto count = static_cast<std::int64_t>(list.size());
    Call& puts = producer.start(run(list));
    const Obtained obtained = all_obtained(t, main.start(get_many(q, count)));
    t.expect(t.finish(puts), Outcome::kOk);
    expect_exactly_once(t, {{"producer", count}}, {obtained});
    expect_producer_order(t, {obtained});
  });

  // What is slow must not be overtaken, and not be forgotten at the end.
  test("queue.order.per-producer/slow-item-first", [](Scenario& t) {
    constexpr std::int64_t kItems = 20;
    t.needs_option("item.slow_serialize");
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor producer = main.spawn("producer", {q});
    Item slow = t.item("producer", 0);
    slow.slow_serialize = 0.2;
    producer.ok(put(q, slow));
    for (std::int64_t i = 1; i < kItems; ++i) producer.ok(put(q, t.item("producer", i)));
    producer.ok(end_by(Ending::kReturn));
    for (std::int64_t i = 0; i < kItems; ++i) {
      t.expect_payload(main.call(get(q)), t.item("producer", i));
    }
    t.expect_end(producer);
  });

  test("queue.order.threads-of-one-producer", [](Scenario& t) {
    constexpr std::int64_t kItems = 60;
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor producer = main.spawn("producer", {q});
    for (std::int64_t i = 0; i < kItems; ++i) {
      producer.ok(put(q, t.item("producer", i)).by(i % 2 == 0 ? "even" : "odd"));
    }
    const Obtained obtained = all_obtained(t, main.start(get_many(q, kItems)));
    expect_exactly_once(t, {{"producer", kItems}}, {obtained});
    expect_producer_order(t, {obtained});
  });
}};

}  // namespace
}  // namespace psq::conformance
