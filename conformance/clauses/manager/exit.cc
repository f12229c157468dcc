// spec/manager.md, manager.exit.*
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

const Tests kExitTests{[](const Define& test) {
  test("manager.exit.does-not-wait", [](Scenario& t) {
    constexpr std::int64_t kItems = 6;
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor producer = main.spawn("producer", {q});
    producer.ok(put_many(t, q, "producer", kItems, kMegabyte));
    producer.ok(end_by(Ending::kReturn));
    t.expect_end(producer);
    const Obtained obtained = all_obtained(t, main.start(get_many(q, kItems)));
    expect_exactly_once(t, {{"producer", kItems}}, {obtained});
    expect_prefix(t, "producer", obtained.answers);
  });
}};

}  // namespace
}  // namespace psq::conformance
