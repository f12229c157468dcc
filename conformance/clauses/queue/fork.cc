// spec/queue.md, queue.fork.*
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

const Tests kForkTests{[](const Define& test) {
  // The first item is larger than transports, so that the rest is in the parent's buffer at the
  // fork.
  test("queue.fork.buffered-once", [](Scenario& t) {
    constexpr std::int64_t kItems = 6;
    constexpr std::int64_t kSmall = 50;
    const Actor main = t.root();
    const Object q = main.queue();
    main.ok(put(q, t.item("large", 0, kItems * kMegabyte)));
    t.eventually_boolean(main, empty(q), false);
    main.ok(put_many(t, q, "small", kSmall));
    const Actor child = main.spawn("child", {q});
    const Actor consumer = main.spawn("consumer", {q});
    child.ok(put(q, t.item("child", 0)));
    const Obtained obtained = all_obtained(t, consumer.start(get_many(q, kSmall + 2)));
    expect_exactly_once(t, {{"large", 1}, {"small", kSmall}, {"child", 1}}, {obtained});
    expect_producer_order(t, {obtained});
    child.ok(end_by(Ending::kReturn));
    t.expect_end(child);
    t.expect(consumer.call(get(q, within(30ms))), Outcome::kEmpty,
             "nothing that the parent had buffered comes from the child");
  });
}};

}  // namespace
}  // namespace psq::conformance
