// spec/broker.md, broker.create.*
#include "clauses/broker/deliveries.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

const Tests kCreateTests{[](const Define& test) {
  test("broker.create.shared", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = broker_queue(t, main);
    const Actor child = main.spawn("child", {q});
    const Actor grandchild = child.spawn("grandchild", {q});
    for (std::int64_t i = 0; i < 3; ++i) {
      grandchild.ok(publish(q, t.item("grandchild", i)));
      expect_and_ack(t, main, q, t.item("grandchild", i));
      main.ok(publish(q, t.item("main", i)));
      expect_and_ack(t, grandchild, q, t.item("main", i));
    }
  });
}};

}  // namespace
}  // namespace psq::conformance
