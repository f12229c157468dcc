// spec/failure.md: processes that are stopped for a while and continue
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

// Longer than anything that looks again from time to time sleeps.
constexpr auto kStopped = 250ms;

void let_it_stand(Scenario& t) {
  static_cast<void>(t.session().wait_until([] { return false; }, kStopped));
}

void consumer_continues(Scenario& t) {
  const Actor main = t.root();
  for (const Object& q : {main.queue(), main.simple_queue("simple")}) {
    const Actor consumer = main.spawn("consumer_of_" + q.name, {q});
    Call& waiting = consumer.start(get(q));
    t.expect_waits(waiting, "for an item");
    t.stop(consumer);
    main.ok(put(q, t.item("main", 0, 20'000)));
    let_it_stand(t);
    t.resume(consumer);
    t.expect_payload(t.finish(waiting), t.item("main", 0, 20'000));
    t.eventually_boolean(main, empty(q), true);
    main.ok(put(q, t.item("main", 1)));
    t.expect_payload(consumer.call(get(q)), t.item("main", 1));
  }
}

// More than transports hold, so that most of it is still to be written when the producer stops.
void producer_continues(Scenario& t, bool simple) {
  constexpr std::int64_t kItems = 300;
  const Actor main = t.root();
  const Object q = simple ? main.simple_queue() : main.queue();
  const Actor producer = main.spawn("producer", {q});
  Call& puts = producer.start(put_many(t, q, "producer", kItems, 3000));
  t.eventually_boolean(main, empty(q), false);
  t.stop(producer);
  Call& gets = main.start(get_many(q, kItems).by("consumer"));
  let_it_stand(t);
  t.resume(producer);
  const Obtained obtained = all_obtained(t, gets);
  t.expect(t.finish(puts), Outcome::kOk);
  expect_exactly_once(t, {{"producer", kItems}}, {obtained});
  expect_prefix(t, "producer", obtained.answers);
}

void producer_of_queue_continues(Scenario& t) { producer_continues(t, false); }
void producer_of_simple_queue_continues(Scenario& t) { producer_continues(t, true); }

const Tests kTests{
    {{"failure.stop.consumer-continues"}, consumer_continues},
    {{"failure.stop.producer-continues"}, producer_of_queue_continues, "queue"},
    {{"failure.stop.producer-continues"}, producer_of_simple_queue_continues, "simple"},
};

}  // namespace
}  // namespace psq::conformance
