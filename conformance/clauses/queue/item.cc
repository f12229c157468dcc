// spec/queue.md, queue.item.*
#include "clauses/shared/items.h"
#include "clauses/shared/scale.h"
#include "clauses/shared/serializing.h"
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

std::string nested(std::size_t depth) {
  std::string text(depth, '[');
  text += '0';
  return text.append(depth, ']');
}

const std::vector<std::pair<QueueKind, std::string>> kKindsWithSlots{
    {QueueKind::kQueue, ""}, {QueueKind::kJoinable, "/joinable"}};

// Either in put, or later and unseen: which of them is left open.
void put_unserializable(Scenario& t, const Actor& actor, const Object& q, std::int64_t seq = 0) {
  t.expect_one_of(actor.call(put(q, failing_item(t, "failing", seq, "serialize"))),
                  {Outcome::kNotSerializable, Outcome::kOk}, "refused, or dropped at the flush");
}

const Tests kItemTests{[](const Define& test) {
  test("queue.item.sizes-intact", [](Scenario& t) {
    const Object q = t.root().queue();
    sizes_intact(t, t.root().spawn("producer", {q}), q);
  });

  test("queue.item.sizes-intact/with-header", [](Scenario& t) {
    const Object q = t.root().queue();
    framed_sizes_intact(
        t, t.root().spawn("producer", {q}), [&](const Item& item) { return put(q, item); }, get(q));
  });

  // From the least that the driver can make to several transports' worth.
  test("queue.item.sizes-intact/extremes", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor producer = main.spawn("producer", {q});
    const std::int64_t least = t.item("p", 0, 1).size;
    std::int64_t seq = 0;
    for (const std::int64_t size :
         {least, least + 1, 2 * kMegabyte, 4 * kMegabyte + 1, 8 * kMegabyte}) {
      const Item item = t.item("p", seq++, size);
      producer.ok(put(q, item));
      t.expect_payload(main.call(get(q)), item);
    }
  });

  test("queue.item.values-equal", [](Scenario& t) {
    t.needs_option("json");
    const Object q = t.root().queue();
    values_equal(t, t.root().spawn("producer", {q}), q);
  });

  test("queue.item.values-equal/large", [](Scenario& t) {
    t.needs_option("json");
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor producer = main.spawn("producer", {q});
    const std::string text(100'000, 'x');
    for (const std::string& value : {nested(60), "\"" + text + "\"", "{\"" + text + "\":null}"}) {
      producer.ok(put(q, Json{value}));
      t.expect_payload(main.call(get(q)), Json{value});
    }
  });

  test("queue.item.none-is-an-item", [](Scenario& t) {
    t.needs_option("json");
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor producer = main.spawn("producer", {q});
    const std::vector<std::string> lacks{"null", "false", "0", "\"\"", "[]", "null"};
    for (const auto& text : lacks) producer.ok(put(q, Json{text}));
    for (const auto& text : lacks) t.expect_payload(main.call(get(q)), Json{text});
    t.expect(main.call(get(q, within(30ms))), Outcome::kEmpty, "as many items as were put");
  });

  test("queue.item.unserializable-frees-slot", [](Scenario& t) {
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
  });

  test("queue.item.unserializable-stops-nothing", [](Scenario& t) {
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
    producer.ok(end_by(Ending::kReturn));
    t.expect_end(producer);
  });

  test.thorough()("queue.item.sizes-intact/beyond-2-gib", [](Scenario& t) {
    const Object q = t.root().queue();
    const Actor producer = t.root().spawn("producer", {q});
    item_beyond_2_gib(
        t, producer, [&](const Item& item) { return put(q, item); }, t.root(), get(q));
  });

  for (const auto& [kind, name] : kKindsWithSlots) {
    test("queue.item.unserializable-any-error" + name,
         [kind = kind](Scenario& t) { odd_serializing_stops_nothing(t, kind); });
    test("queue.item.serializing-delays-none" + name,
         [kind = kind](Scenario& t) { serializing_delays_none(t, kind); });
    test("queue.item.deserializing-delays-none" + name,
         [kind = kind](Scenario& t) { deserializing_delays_none(t, kind); });
  }

  test("queue.item.changed-object-anew", [](Scenario& t) {
    const Object q = t.root().queue();
    changed_object_comes_anew(
        t, [&](const Item& item) { return put(q, item); }, get(q));
  });
}};

}  // namespace
}  // namespace psq::conformance
