#include "clauses/shared/at_rest.h"

#include <vector>

namespace psq::conformance {
namespace {

// Ways to give a call no time, and so little that it is used up before the call looks.
const std::vector<Wait>& hardly_any_time() {
  static const std::vector<Wait> kWaits{
      kNoWait,      within(0ms), within(-1ms), within(-1s), Wait{.block = false, .seconds = 5.0},
      within(10us), within(1us), within(1ns)};
  return kWaits;
}

}  // namespace

void get_obtains_at_rest(Scenario& t, QueueKind kind) {
  constexpr std::int64_t kRounds = 2;
  const auto& waits = hardly_any_time();
  const auto items = kRounds * std::ssize(waits);
  const Actor main = t.root();
  const Object q = make(main, kind);
  const Actor consumer = main.spawn("consumer", {q});
  const Actor producer = main.spawn("producer", {q});
  for (std::int64_t i = 0; i < items; ++i) producer.ok(put(q, t.item("producer", i)));
  // Every item is visible then.
  producer.ok(close(q));
  producer.ok(join_thread(q));
  for (std::int64_t i = 0; i < items; ++i) {
    const Actor& actor = i % 2 == 0 ? consumer : main;
    const Wait& wait = waits[static_cast<std::size_t>(i) % waits.size()];
    t.expect_payload(actor.call(get(q, wait)), t.item("producer", i));
  }
}

void put_takes_slot_at_rest(Scenario& t, QueueKind kind) {
  const Actor main = t.root();
  const Object q = make(main, kind, 1);
  const Actor consumer = main.spawn("consumer", {q});
  const Actor producer = main.spawn("producer", {q});
  std::int64_t seq = 0;
  for (const Wait& wait : hardly_any_time()) {
    for (const Actor& actor : {producer, main}) {
      const Item item = t.item(actor.name(), seq++);
      t.expect(actor.call(put(q, item, wait)), Outcome::kOk, "the one slot is free");
      t.expect_payload(consumer.call(get(q)), item);
    }
  }
}

}  // namespace psq::conformance
