// spec/queue.md, queue.many-to-many.*
#include "program/properties.h"
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

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

// A process that has ended leaves its place, of whatever the implementation counts its users in, to
// the next one.
void process_after_process(Scenario& t, int processes) {
  const Actor main = t.root();
  const Object tasks = main.queue(0, "tasks");
  const Object results = main.queue(0, "results");
  std::map<std::string, std::int64_t> put_by;
  for (int i = 0; i < processes; ++i) {
    const std::string name = "worker" + std::to_string(i);
    const Actor worker = main.spawn(name, {tasks, results});
    main.ok(put(tasks, t.item("main", i)));
    t.expect_payload(worker.call(get(tasks)), t.item("main", i));
    worker.ok(put(results, t.item(name, 0)));
    worker.ok(end_by(Ending::kReturn));
    t.expect_end(worker);
    t.expect_boolean(main.call(join_process(name)), true, "it has ended");
    put_by[name] = 1;
  }
  expect_exactly_once(t, put_by, {all_obtained(t, main.start(get_many(results, processes)))});
}

const Tests kManyToManyTests{[](const Define& test) {
  test("queue.many-to-many", [](Scenario& t) { many_to_many(t, 3, 150); });

  test("queue.many-to-many/eight-to-eight", [](Scenario& t) { many_to_many(t, 8, 40); });

  // Larger than what pipes and rings take at once, so that writers meet in the middle of an item.
  test("queue.many-to-many/large-items", [](Scenario& t) { many_to_many(t, 3, 12, 300'000); });

  // More processes than a table of 64 has places for, one after the other.
  test("queue.many-to-many/process-after-process",
       [](Scenario& t) { process_after_process(t, 70); });

  test.thorough()("queue.many-to-many/hundreds-of-processes",
                  [](Scenario& t) { process_after_process(t, 300); });

  test("queue.many-to-many/programs",
       {"queue.get.exactly-once", "queue.order.per-producer", "queue.order.threads-of-one-producer",
        "queue.create.bound-among-producers", "queue.put.all-waiting-served",
        "queue.get.all-waiting-served", "queue.exit.flushes"},
       [](Scenario& t) { any_program(t, Kind::kQueue); });
}};

}  // namespace
}  // namespace psq::conformance
