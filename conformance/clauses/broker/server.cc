// spec/broker.md, broker.server.*
#include <map>

#include "clauses/broker/deliveries.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

// Two items are acknowledged, one is rejected and one is held when the server ends.
void server_keeps(Scenario& t, bool orderly) {
  constexpr std::int64_t kItems = 10;
  constexpr std::int64_t kSettled = 3;
  const Actor main = t.root();
  const Object q = broker_queue(t, main, kVisible);
  const Actor consumer = main.spawn("consumer", {q});
  publish_items(t, main, q, kItems);
  for (std::int64_t i = 0; i + 1 < kSettled; ++i) expect_and_ack(t, consumer, q, t.item("main", i));
  (void)expect_delivery(t, consumer, q, t.item("main", kSettled - 1), "rejected");
  consumer.ok(reject(q, "rejected"));
  (void)expect_delivery(t, consumer, q, t.item("main", kSettled), "held");
  main.ok(stop_server(q, orderly));
  main.ok(start_server(q));
  const auto came = drain(t, consumer, q, t.patient(2 * kVisible));
  for (std::int64_t i = 0; i < kItems; ++i) {
    const bool there = came.contains({"main", i});
    const std::string item = "main#" + std::to_string(i);
    if (i < kSettled) {
      t.expect_true(!there, item + ", which was settled, is not delivered again", "it is");
    } else {
      t.expect_true(there, item + ", which was not settled, is delivered", "it is not");
    }
  }
  t.expect_number(main.call(dead_letters(q)), 1, "what was rejected");
}

const Tests kServerTests{[](const Define& test) {
  test("broker.server.restart-keeps", [](Scenario& t) { server_keeps(t, true); });

  test("broker.server.kill-keeps", [](Scenario& t) { server_keeps(t, false); });
}};

}  // namespace
}  // namespace psq::conformance
