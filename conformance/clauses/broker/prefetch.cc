// spec/broker.md, broker.prefetch.*
#include <map>

#include "clauses/broker/deliveries.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

constexpr std::int64_t kPrefetch = 3;

Object queue_with_prefetch(const Scenario& t, const Actor& actor,
                           std::chrono::seconds visibility = kHeld) {
  t.needs_option("prefetch");
  Request request = broker_queue_creation(t, visibility);
  request.arguments.prefetch = kPrefetch;
  return actor.create(request);
}

std::int64_t number_of(const std::map<std::pair<std::string, std::int64_t>, int>& came) {
  std::int64_t sum = 0;
  for (const auto& [item, times] : came) sum += times;
  return sum;
}

const Tests kPrefetchTests{[](const Define& test) {
  test("broker.prefetch.bound", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = queue_with_prefetch(t, main);
    const Actor consumer = main.spawn("consumer", {q});
    publish_items(t, main, q, kPrefetch + 2);
    const auto name = [](std::int64_t i) { return "d" + std::to_string(i); };
    for (std::int64_t i = 0; i < kPrefetch; ++i)
      (void)expect_delivery(t, consumer, q, t.item("main", i), name(i));
    expect_none(t, consumer, q, "as many as the prefetch says are not settled");
    for (std::int64_t i = 0; i < 2; ++i) {
      Call& waiting = consumer.start(receive(q, name(kPrefetch + i)).by("receiver"));
      t.expect_waits_on(waiting, 300ms, "for a delivery to be settled");
      const Answer settled = consumer.call(i == 0 ? ack(q, name(i)) : reject(q, name(i)));
      t.expect(settled, Outcome::kOk, "it is held");
      const Answer next = t.finish(waiting);
      t.expect_payload(next, t.item("main", kPrefetch + i));
      t.expect_true(next.returned > settled.invoked, "after one was settled", "before", next);
    }
  });

  test("broker.prefetch.leaves-rest", [](Scenario& t) {
    constexpr std::int64_t kItems = 10;
    const Actor main = t.root();
    const Object q = queue_with_prefetch(t, main);
    const Actor slow = main.spawn("slow", {q});
    const Actor other = main.spawn("other", {q});
    publish_items(t, main, q, kItems);
    (void)expect_delivery(t, slow, q, t.item("main", 0), "slow");
    const std::int64_t came = number_of(drain(t, other, q, 400ms));
    t.expect_true(came >= kItems - kPrefetch,
                  std::to_string(kItems - kPrefetch) + " items or more for the other process",
                  std::to_string(came));
    slow.ok(ack(q, "slow"));
    const std::int64_t kept = 1 + number_of(drain(t, slow, q, 400ms));
    t.expect_true(came + kept == kItems, "every item once",
                  std::to_string(came) + " and " + std::to_string(kept) + " deliveries");
  });

  test("broker.prefetch.killed", [](Scenario& t) {
    constexpr std::int64_t kItems = 2 * kPrefetch;
    const Actor main = t.root();
    const Object q = queue_with_prefetch(t, main, kVisible);
    const Actor victim = main.spawn("victim", {q});
    const Actor survivor = main.spawn("survivor", {q});
    publish_items(t, main, q, kItems);
    (void)expect_delivery(t, victim, q, t.item("main", 0));
    t.kill(victim);
    const auto came = drain(t, survivor, q, t.patient(2 * kVisible));
    for (std::int64_t i = 0; i < kItems; ++i)
      t.expect_true(came.contains({"main", i}), "main#" + std::to_string(i) + " is delivered",
                    "it is not, within two visibility timeouts");
  });
}};

}  // namespace
}  // namespace psq::conformance
