// spec/queue.md: items that cannot be serialized, or made again
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

Item failing(const Scenario& t, const std::string& at, std::int64_t seq) {
  Item item = t.item("failing", seq);
  item.fail = at;
  return item;
}

// Either in put, or later and unseen: which of them is left open.
void put_unserializable(Scenario& t, const Actor& actor, const Object& q, std::int64_t seq = 0) {
  t.expect_one_of(actor.call(put(q, failing(t, "serialize", seq))),
                  {Outcome::kNotSerializable, Outcome::kOk}, "refused, or dropped at the flush");
}

void unserializable_frees_slot(Scenario& t) {
  constexpr std::int64_t kBound = 2;
  t.needs_option("item.fail_serialize");
  const Actor main = t.root();
  const Object q = main.queue(kBound);
  const auto size_is = [&](std::int64_t size) {
    t.eventually([&] { return main.ok(qsize(q)); },
                 [&](const Answer& answer) { return answer.value.number == size; },
                 "qsize becomes " + std::to_string(size));
  };
  for (std::int64_t i = 0; i < 2 * kBound; ++i) put_unserializable(t, main, q, i);
  size_is(0);
  for (std::int64_t i = 0; i < kBound; ++i) {
    t.expect(main.call(put(q, t.item("main", i), kNoWait)), Outcome::kOk,
             "what cannot be serialized takes no slot for ever");
  }
  t.expect(main.call(put(q, t.item("main", kBound), kNoWait)), Outcome::kFull,
           "what cannot be serialized frees no slot twice");
  size_is(kBound);
}

void unserializable_stops_nothing(Scenario& t) {
  t.needs_option("item.fail_serialize");
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor producer = main.spawn("producer", {q});
  std::int64_t seq = 0;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 3; ++i) producer.ok(put(q, t.item("producer", seq++)));
    put_unserializable(t, producer, q, round);
  }
  for (int i = 0; i < 3; ++i) producer.ok(put(q, t.item("producer", seq++)));
  for (std::int64_t i = 0; i < seq; ++i) {
    t.expect_payload(main.call(get(q)), t.item("producer", i));
  }
  t.expect(main.call(get(q, within(30ms))), Outcome::kEmpty,
           "an item that cannot be serialized is never obtained");
  producer.ok(end_by("return"));
  t.expect_end(producer);
}

void not_deserializable(Scenario& t) {
  t.needs_option("item.fail_deserialize");
  const Actor main = t.root();
  const Object q = main.queue(3);
  const Actor producer = main.spawn("producer", {q});
  producer.ok(put(q, t.item("producer", 0)));
  producer.ok(put(q, failing(t, "deserialize", 0)));
  producer.ok(put(q, t.item("producer", 1)));
  t.expect_payload(main.call(get(q)), t.item("producer", 0));
  t.expect(main.call(get(q)), Outcome::kNotDeserializable, "it was asked to fail");
  t.expect_number(main.call(qsize(q)), 1, "the item is consumed, its slot free");
  t.expect_payload(main.call(get(q)), t.item("producer", 1));
  t.expect(main.call(get(q, within(30ms))), Outcome::kEmpty, "the item is consumed");
  for (std::int64_t i = 2; i < 5; ++i) {
    t.expect(producer.call(put(q, t.item("producer", i), kNoWait)), Outcome::kOk,
             "every slot is free");
  }
  for (std::int64_t i = 2; i < 5; ++i) {
    t.expect_payload(main.call(get(q)), t.item("producer", i));
  }
}

void unserializable_outcome(Scenario& t) {
  t.needs_option("item.fail_serialize");
  const Actor main = t.root();
  const Object q = main.queue();
  const Answer answer = main.call(put(q, failing(t, "serialize", 0)));
  t.expect_one_of(answer, {Outcome::kNotSerializable, Outcome::kOk});
  t.observe("queue.put.unserializable-outcome", answer.outcome == Outcome::kOk
                                                    ? "put returns, the item is dropped"
                                                    : "put ends as not_serializable");
}

void serialized_when(Scenario& t) {
  constexpr auto kSlow = 300ms;
  t.needs_option("item.slow_serialize");
  const Actor main = t.root();
  const Object q = main.queue();
  Item slow = t.item("main", 0);
  slow.slow_serialize = std::chrono::duration<double>{kSlow}.count();
  const Answer answer = main.ok(put(q, slow));
  t.observe("queue.put.serialized-when", answer.took() >= kSlow ? "in put" : "after put");
  t.expect_payload(main.call(get(q)), t.item("main", 0));
}

// What is slow must not be overtaken, and not be forgotten at the end.
void slow_item_first(Scenario& t) {
  constexpr std::int64_t kItems = 20;
  t.needs_option("item.slow_serialize");
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor producer = main.spawn("producer", {q});
  Item slow = t.item("producer", 0);
  slow.slow_serialize = 0.2;
  producer.ok(put(q, slow));
  for (std::int64_t i = 1; i < kItems; ++i) producer.ok(put(q, t.item("producer", i)));
  producer.ok(end_by("return"));
  for (std::int64_t i = 0; i < kItems; ++i) {
    t.expect_payload(main.call(get(q)), t.item("producer", i));
  }
  t.expect_end(producer);
}

const Tests kTests{
    {{"queue.put.serialized-when"}, serialized_when},
    {{"queue.order.per-producer"}, slow_item_first, "slow_item_first"},
    {{"queue.item.unserializable-frees-slot"}, unserializable_frees_slot},
    {{"queue.item.unserializable-stops-nothing"}, unserializable_stops_nothing},
    {{"queue.get.not-deserializable"}, not_deserializable},
    {{"queue.put.unserializable-outcome"}, unserializable_outcome},
};

}  // namespace
}  // namespace psq::conformance
