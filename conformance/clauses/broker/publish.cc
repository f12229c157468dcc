// spec/broker.md, broker.publish.*
#include "clauses/broker/deliveries.h"
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

const Tests kPublishTests{[](const Define& test) {
  test("broker.publish.visible-on-return", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = broker_queue(t, main);
    const std::vector<Actor> actors{main, main.spawn("one", {q}), main.spawn("two", {q})};
    for (std::size_t i = 0; i < 30; ++i) {
      const Actor& producer = actors[i % 3];
      const Actor& consumer = actors[(i / 3) % 3];
      const Item item = t.item(producer.name(), static_cast<std::int64_t>(i));
      producer.ok(publish(q, item));
      t.expect_payload(consumer.call(receive(q, "d", kNoWait)), item);
      consumer.ok(ack(q, "d"));
    }
  });

  test("broker.publish.arrives-equal", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = broker_queue(t, main);
    const Actor producer = main.spawn("producer", {q});
    std::int64_t seq = 0;
    for (const std::int64_t size : boundary_sizes()) {
      const Item item = t.item("producer", seq++, size);
      producer.ok(publish(q, item));
      expect_and_ack(t, main, q, item);
    }
    expect_none(t, main, q, "as many items as were published");
  });

  test("broker.publish.arrives-equal/plain-values", [](Scenario& t) {
    t.needs_option("json");
    const Actor main = t.root();
    const Object q = broker_queue(t, main);
    const Actor producer = main.spawn("producer", {q});
    for (const char* text : {"null", "true", "-1", "9007199254740993", R"("text \u0000")",
                             R"({"a":[{}],"":null})", "[]"}) {
      producer.ok(publish(q, Json{text}));
      t.expect_payload(main.call(receive(q, "d")), Json{text});
      main.ok(ack(q, "d"));
    }
    expect_none(t, main, q, "as many items as were published");
  });
}};

}  // namespace
}  // namespace psq::conformance
