// spec/broker.md, broker.kill.*
#include <map>

#include "clauses/broker/deliveries.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

const Tests kKillTests{[](const Define& test) {
  test("broker.kill.consumer", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = broker_queue(t, main, kVisible);
    const Actor victim = main.spawn("victim", {q});
    const Actor survivor = main.spawn("survivor", {q});
    publish_items(t, main, q, 4);
    expect_and_ack(t, victim, q, t.item("main", 0));
    (void)expect_delivery(t, victim, q, t.item("main", 1), "one");
    (void)expect_delivery(t, victim, q, t.item("main", 2), "two");
    t.kill(victim);
    const auto came = drain(t, survivor, q, t.patient(2 * kVisible));
    t.expect_true(!came.contains({"main", 0}), "what it acknowledged is not delivered again",
                  "it is");
    for (std::int64_t i = 1; i < 4; ++i) {
      t.expect_true(came.contains({"main", i}),
                    "what it held, and what it did not, is delivered: main#" + std::to_string(i),
                    "it is not, within two visibility timeouts");
    }
  });
}};

}  // namespace
}  // namespace psq::conformance
