// spec/simple-queue.md, simple-queue.exit.*
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

void items_remain(Scenario& t, const Request& end) {
  constexpr std::int64_t kItems = 20;
  const Actor main = t.root();
  const Object q = main.simple_queue();
  const Actor producer = main.spawn("producer", {q});
  for (std::int64_t i = 0; i < kItems; ++i) producer.ok(put(q, t.item("producer", i)));
  producer.ok(end);
  t.expect_end(producer);
  const Obtained obtained = all_obtained(t, main.start(get_many(q, kItems)));
  expect_exactly_once(t, {{"producer", kItems}}, {obtained});
  expect_prefix(t, "producer", obtained.answers);
}

const Tests kExitTests{[](const Define& test) {
  test("simple-queue.exit.items-remain/return",
       [](Scenario& t) { items_remain(t, end_by(Ending::kReturn)); });

  test("simple-queue.exit.items-remain/exit-now",
       [](Scenario& t) { items_remain(t, end_by(Ending::kExitNow, 0)); });
}};

}  // namespace
}  // namespace psq::conformance
