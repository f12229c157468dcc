// spec/queue.md, queue.order.* and queue.many-to-many
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

void per_producer(Scenario& t) {
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
}

// Large and small in turn: what goes another way through the transport must not overtake.
void per_producer_mixed_sizes(Scenario& t) {
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
}

void threads_of_one_producer(Scenario& t) {
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
}

void many_to_many(Scenario& t, int each, std::int64_t items, std::int64_t size = 0) {
  const Actor main = t.root();
  const Object q = main.queue(7);
  std::map<std::string, std::int64_t> put_by;
  std::vector<Call*> puts;
  std::vector<Call*> gets;
  for (int i = 0; i < each; ++i) {
    const Actor consumer = main.spawn("consumer" + std::to_string(i), {q});
    gets.push_back(&consumer.start(get_many(q, items)));
  }
  std::vector<Actor> producers;
  for (int i = 0; i < each; ++i) {
    producers.push_back(main.spawn("producer" + std::to_string(i), {q}));
  }
  for (const Actor& producer : producers) {
    puts.push_back(&producer.start(put_many(t, q, producer.name(), items, size)));
    put_by[producer.name()] = items;
  }
  std::vector<Obtained> obtained;
  for (Call* list : gets) obtained.push_back(all_obtained(t, *list));
  expect_exactly_once(t, put_by, obtained);
  expect_producer_order(t, obtained);
  for (Call* list : puts) t.expect(t.finish(*list), Outcome::kOk);
}

void three_to_three(Scenario& t) { many_to_many(t, 3, 150); }
void eight_to_eight(Scenario& t) { many_to_many(t, 8, 40); }

// Larger than what pipes and rings take at once, so that writers meet in the middle of an item.
void large_items(Scenario& t) { many_to_many(t, 3, 12, 300'000); }

const Tests kTests{
    {{"queue.order.per-producer"}, per_producer},
    {{"queue.order.per-producer"}, per_producer_mixed_sizes, "mixed_sizes"},
    {{"queue.order.threads-of-one-producer"}, threads_of_one_producer},
    {{"queue.many-to-many"}, three_to_three},
    {{"queue.many-to-many"}, eight_to_eight, "eight_to_eight"},
    {{"queue.many-to-many"}, large_items, "large_items"},
};

}  // namespace
}  // namespace psq::conformance
