// spec/joinable-queue.md: what holds for a joinable queue as for any queue
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

// Longer than a call waits that only pretends to wait for ever.
constexpr auto kWhile = 250ms;

struct Flow {
  std::map<std::string, std::int64_t> put_by;
  std::vector<Obtained> obtained;
};

// Two producers, one of them with two threads, and three consumers.
Flow many_to_many(Scenario& t, std::int64_t items) {
  constexpr std::int64_t kConsumers = 3;
  const Actor main = t.root();
  const Object q = main.joinable_queue(16);
  std::vector<Call*> gets;
  for (int i = 0; i < kConsumers; ++i) {
    const Actor consumer = main.spawn("consumer" + std::to_string(i), {q});
    gets.push_back(&consumer.start(get_many(q, 3 * items / kConsumers)));
  }
  const Actor producer = main.spawn("producer", {q});
  std::vector<Call*> puts{&producer.start(put_many(t, q, "left", items).by("left")),
                          &producer.start(put_many(t, q, "right", items).by("right")),
                          &main.start(put_many(t, q, "main", items).by("putter"))};
  Flow flow{.put_by = {{"left", items}, {"right", items}, {"main", items}}, .obtained = {}};
  for (Call* each : gets) flow.obtained.push_back(all_obtained(t, *each));
  for (Call* each : puts) t.expect(t.finish(*each), Outcome::kOk);
  return flow;
}

void exactly_once(Scenario& t) {
  const Flow flow = many_to_many(t, 600);
  expect_exactly_once(t, flow.put_by, flow.obtained);
}

void per_producer(Scenario& t) { expect_producer_order(t, many_to_many(t, 300).obtained); }

void sizes_intact(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.joinable_queue();
  const Actor consumer = main.spawn("consumer", {q});
  std::int64_t seq = 0;
  for (const std::int64_t size : boundary_sizes()) {
    const Item item = t.item("main", seq++, size);
    main.ok(put(q, item));
    t.expect_payload(consumer.call(get(q)), item);
  }
}

void bound(Scenario& t) {
  const Actor main = t.root();
  for (const std::int64_t maxsize : {1, 3}) {
    const Object q = main.joinable_queue(maxsize, "q" + std::to_string(maxsize));
    for (std::int64_t i = 0; i < maxsize; ++i)
      t.expect(main.call(put(q, t.item("main", i), kNoWait)), Outcome::kOk, "a slot is free");
    t.expect(main.call(put(q, t.item("main", maxsize), kNoWait)), Outcome::kFull,
             "no slot is free");
  }
}

void slot_freed_by_get(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.joinable_queue(1);
  const Actor producer = main.spawn("producer", {q});
  main.ok(put(q, t.item("main", 0)));
  main.ok(task_done(q));
  Call& waiting = producer.start(put(q, t.item("producer", 0)));
  t.expect_waits(waiting, "for a slot, which no task_done frees");
  const Answer freed = main.ok(get(q));
  const Answer done = t.finish(waiting);
  t.expect(done, Outcome::kOk, "the get freed a slot");
  t.expect_after(done, freed);
  t.expect_payload(main.call(get(q)), t.item("producer", 0));
  t.expect(main.call(put(q, t.item("main", 1), kNoWait)), Outcome::kOk,
           "no task_done is needed for a slot");
}

void waits_for_item(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.joinable_queue();
  const Actor consumer = main.spawn("consumer", {q});
  Call& waiting = consumer.start(get(q));
  t.expect_waits(waiting, "for an item");
  t.expect_true(!t.ends_within(waiting, kWhile), "the get waits as long as it takes", "it ended");
  const Answer put_it = main.ok(put(q, t.item("main", 0)));
  const Answer done = t.finish(waiting);
  t.expect_payload(done, t.item("main", 0));
  t.expect_after(done, put_it);
}

void empty_after_timeout(Scenario& t) {
  constexpr auto kTimeout = 150ms;
  const Actor main = t.root();
  const Object q = main.joinable_queue();
  t.expect_prompt(kTimeout, [&] {
    const Answer answer = main.call(get(q, within(kTimeout)));
    t.expect(answer, Outcome::kEmpty, "nothing was put");
    t.expect_not_before(answer, kTimeout);
    return answer;
  });
}

void operations_closed(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.joinable_queue();
  const Actor other = main.spawn("other", {q});
  main.ok(close(q));
  t.expect(main.call(put(q, t.item("main", 0))), Outcome::kClosed, "this process closed it");
  t.expect(main.call(get(q, kNoWait)), Outcome::kClosed, "this process closed it");
  other.ok(put(q, t.item("other", 0)));
  t.expect_payload(other.call(get(q)), t.item("other", 0));
}

// More than transports hold, so that the end comes while most of it is still to be flushed.
void exit_flushes(Scenario& t) {
  constexpr std::int64_t kItems = 100;
  const Actor main = t.root();
  const Object q = main.joinable_queue();
  const Actor producer = main.spawn("producer", {q});
  producer.ok(put_many(t, q, "producer", kItems, 10'000));
  producer.ok(end_by("return"));
  const Obtained obtained = all_obtained(t, main.start(get_many(q, kItems)));
  t.expect_end(producer);
  expect_exactly_once(t, {{"producer", kItems}}, {obtained});
  Call& joining = main.start(join(q).by("joiner"));
  t.expect_waits(joining, "for the tasks of the process that has ended");
  t.expect(t.finish(main.start(run({task_done(q).with("repeat", kItems)}))), Outcome::kOk);
  t.expect(t.finish(joining), Outcome::kOk, "every task is done");
}

const Tests kTests{
    {{"joinable-queue.get.exactly-once"}, exactly_once},
    {{"joinable-queue.order.per-producer"}, per_producer},
    {{"joinable-queue.item.sizes-intact"}, sizes_intact},
    {{"joinable-queue.create.bound"}, bound},
    {{"joinable-queue.put.slot-freed-by-get"}, slot_freed_by_get},
    {{"joinable-queue.get.waits-for-item"}, waits_for_item},
    {{"joinable-queue.get.empty-after-timeout"}, empty_after_timeout},
    {{"joinable-queue.close.operations-closed"}, operations_closed},
    {{"joinable-queue.exit.flushes"}, exit_flushes},
};

}  // namespace
}  // namespace psq::conformance
