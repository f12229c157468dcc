// spec/simple-queue.md, simple-queue.order.*
#include "clauses/shared/items.h"
#include "program/properties.h"
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

const Tests kOrderTests{[](const Define& test) {
  // Large and small ones from two producers at once.
  test("simple-queue.order.fifo/mixed-sizes", [](Scenario& t) {
    constexpr std::int64_t kRounds = 12;
    const Actor main = t.root();
    const Object q = main.simple_queue();
    std::vector<Call*> puts;
    for (const std::string name : {"one", "two"}) {
      std::vector<Request> mixed;
      for (std::int64_t i = 0; i < kRounds; ++i) {
        const std::int64_t size = i % 3 == 0 ? 300'000 : i % 3 == 1 ? 0 : 70'000;
        mixed.push_back(put(q, t.item(name, i, size)));
      }
      puts.push_back(&main.spawn(name, {q}).start(run(std::move(mixed))));
    }
    const Obtained obtained = all_obtained(t, main.start(get_many(q, 2 * kRounds)));
    for (Call* each : puts) t.expect(t.finish(*each), Outcome::kOk);
    expect_exactly_once(t, {{"one", kRounds}, {"two", kRounds}}, {obtained});
    expect_producer_order(t, {obtained});
  });

  // Each put returns before the next is invoked, in the other process; a consumer takes meanwhile.
  test("simple-queue.order.fifo/large-of-several", [](Scenario& t) {
    constexpr std::int64_t kRounds = 6;
    const Actor main = t.root();
    const Object q = main.simple_queue();
    const std::vector<Actor> producers{main.spawn("one", {q}), main.spawn("two", {q})};
    Call& gets = main.start(get_many(q, 2 * kRounds).by("consumer"));
    for (std::int64_t i = 0; i < kRounds; ++i) {
      for (const Actor& producer : producers)
        producer.ok(put(q, t.item(producer.name(), i, i % 2 == 0 ? 500'000 : 0)));
    }
    const Obtained obtained = all_obtained(t, gets);
    for (std::size_t i = 0; i < obtained.answers.size(); ++i) {
      const auto seq = static_cast<std::int64_t>(i / 2);
      const Item wanted = t.item(producers[i % 2].name(), seq, seq % 2 == 0 ? 500'000 : 0);
      t.expect_payload(obtained.answers[i], wanted);
    }
  });

  // Each put returns before the next is invoked, each in another process: the gets have one order
  // to follow.
  test("simple-queue.order.fifo/puts-of-several",
       [](Scenario& t) { fifo_of_puts(t, QueueKind::kSimple); });

  test("simple-queue.order.fifo/gets-of-several",
       [](Scenario& t) { fifo_of_gets(t, QueueKind::kSimple); });

  test("simple-queue.order.fifo/programs",
       {"simple-queue.get.exactly-once", "simple-queue.empty.exact",
        "simple-queue.put.visible-on-return", "simple-queue.get.all-served",
        "simple-queue.exit.items-remain"},
       [](Scenario& t) { any_program(t, Kind::kSimpleQueue); });
}};

}  // namespace
}  // namespace psq::conformance
