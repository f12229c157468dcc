#include "clauses/broker/deliveries.h"

namespace psq::conformance {

Request broker_queue_creation(const Scenario& t, std::chrono::seconds visibility) {
  Request request = creation(CreatedType::kBrokerQueue, {"q"});
  if (t.hello().options.contains("visibility"))
    request.arguments.visibility = static_cast<double>(visibility.count());
  return request;
}

Object broker_queue(const Scenario& t, const Actor& actor, std::chrono::seconds visibility) {
  return actor.create(broker_queue_creation(t, visibility));
}

void publish_items(Scenario& t, const Actor& producer, const Object& q, std::int64_t count,
                   std::int64_t first) {
  for (std::int64_t i = 0; i < count; ++i) producer.ok(publish(q, t.item("main", first + i)));
}

Answer expect_delivery(Scenario& t, const Actor& consumer, const Object& q, const Item& item,
                       const std::string& as) {
  const Answer answer = consumer.call(receive(q, as, within(kLong)));
  t.expect_payload(answer, item);
  return answer;
}

const Item& item_of(Scenario& t, const Answer& answer) {
  t.expect(answer, Outcome::kOk, "a delivery");
  t.expect_intact(answer);
  t.expect_true(answer.item() != nullptr, "an item that was published", "something else", answer);
  return *answer.item();
}

void expect_and_ack(Scenario& t, const Actor& consumer, const Object& q, const Item& item) {
  (void)expect_delivery(t, consumer, q, item, "done");
  consumer.ok(ack(q, "done"));
}

void expect_none(Scenario& t, const Actor& consumer, const Object& q, const std::string& why) {
  t.expect(consumer.call(receive(q, "none", within(50ms))), Outcome::kEmpty, why);
}

std::map<std::pair<std::string, std::int64_t>, int> drain(Scenario& t, const Actor& consumer,
                                                          const Object& q, Nanoseconds quiet) {
  std::map<std::pair<std::string, std::int64_t>, int> came;
  while (true) {
    const Answer answer = consumer.call(receive(q, "drained", within(quiet)));
    if (answer.outcome == Outcome::kEmpty) return came;
    const Item& item = item_of(t, answer);
    ++came[{item.from, item.seq}];
    consumer.ok(ack(q, "drained"));
  }
}

}  // namespace psq::conformance
