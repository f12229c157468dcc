// spec/queue.md, queue.drop.*
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

const Tests kDropTests{[](const Define& test) {
  // The end comes directly behind the drop: what was put must still be flushed by it.
  test("queue.drop.flushes", [](Scenario& t) {
    constexpr std::int64_t kItems = 6;
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor producer = main.spawn("producer", {q});
    producer.ok(put_many(t, q, "producer", kItems, kMegabyte));
    Call& dropping = producer.start(drop(q));
    Call& ending = producer.start(end_by(Ending::kReturn));
    const Obtained obtained = all_obtained(t, main.start(get_many(q, kItems)));
    t.expect(t.finish(dropping), Outcome::kOk);
    t.expect(t.finish(ending), Outcome::kOk);
    expect_exactly_once(t, {{"producer", kItems}}, {obtained});
    expect_producer_order(t, {obtained});
    t.expect_end(producer);
  });
}};

}  // namespace
}  // namespace psq::conformance
