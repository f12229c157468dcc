// spec/broker.md, broker.ready.*
#include "clauses/broker/deliveries.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

const Tests kReadyTests{[](const Define& test) {
  test("broker.ready.exact", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = broker_queue(t, main);
    const std::vector<Actor> actors{main, main.spawn("one", {q}), main.spawn("two", {q})};
    std::size_t turn = 0;
    const auto expect_ready = [&](std::int64_t number, const std::string& why) {
      for (std::size_t i = 0; i < 3; ++i)
        t.expect_number(actors[(turn + i) % 3].call(ready(q)), number, why);
      ++turn;
    };
    expect_ready(0, "nothing was published");
    for (std::int64_t i = 0; i < 4; ++i) {
      actors[static_cast<std::size_t>(i) % 3].ok(publish(q, t.item("any", i)));
      expect_ready(i + 1, "what was published");
    }
    const Actor& consumer = actors[1];
    for (std::int64_t i = 0; i < 3; ++i) {
      consumer.ok(receive(q, "d" + std::to_string(i)));
      expect_ready(3 - i, "what is not held");
    }
    consumer.ok(nack(q, "d0"));
    expect_ready(2, "one was given back");
    consumer.ok(ack(q, "d1"));
    consumer.ok(reject(q, "d2"));
    expect_ready(2, "two were settled");
  });
}};

}  // namespace
}  // namespace psq::conformance
