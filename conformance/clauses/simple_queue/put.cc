// spec/simple-queue.md, simple-queue.put.*
#include "clauses/shared/puts.h"
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

const Tests kPutTests{[](const Define& test) {
  test("simple-queue.put.visible-on-return", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.simple_queue();
    const Actor consumer = main.spawn("consumer", {q});
    for (std::int64_t i = 0; i < 50; ++i) {
      main.ok(put(q, t.item("main", i)));
      t.expect_boolean(consumer.call(empty(q)), false, "the put has returned");
      t.expect_payload(consumer.call(get(q)), t.item("main", i));
    }
  });

  test("simple-queue.put.survives-producer",
       [](Scenario& t) { put_survives_producer(t, QueueKind::kSimple); });

  test("simple-queue.put.small-at-once", [](Scenario& t) {
    const Actor main = t.root();
    for (const std::int64_t size : {0, 1000}) {
      const Object q = main.simple_queue("q" + std::to_string(size));
      t.expect(main.call(put(q, t.item("main", 0, size))), Outcome::kOk, "it needs no consumer");
      t.expect_payload(main.call(get(q)), t.item("main", 0, size));
    }
  });

  test("simple-queue.put.large-waits", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.simple_queue();
    const Actor producer = main.spawn("producer", {q});
    const Item item = t.item("producer", 0, 1 << 20);
    Call& putting = producer.start(put(q, item));
    const bool ended = t.ends_within(putting, 300ms);
    t.observe("simple-queue.put.large-waits",
              ended ? "1 MiB is put without a consumer" : "1 MiB waits for a consumer");
    t.expect_payload(main.call(get(q)), item);
    t.expect(t.finish(putting), Outcome::kOk, "a consumer took it");
  });

  // The consumer is not even started when the puts begin. A transport may take one item of any
  // size.
  test("simple-queue.put.large-later-consumer", [](Scenario& t) {
    constexpr std::int64_t kPut = 3;
    const Actor main = t.root();
    const Object q = main.simple_queue();
    const Actor producer = main.spawn("producer", {q});
    Call& putting = producer.start(put_many(t, q, "producer", kPut, kLarger));
    if (t.comes_to_wait(putting)) static_cast<void>(t.ends_within(putting, 300ms));
    const Actor consumer = main.spawn("consumer", {q});
    for (std::int64_t i = 0; i < kPut; ++i)
      t.expect_payload(consumer.call(get(q)), t.item("producer", i, kLarger));
    t.expect(t.finish(putting), Outcome::kOk, "a consumer took them");
    producer.ok(put(q, t.item("producer", kPut)));
    t.expect_payload(consumer.call(get(q)), t.item("producer", kPut));
  });

  test("simple-queue.put.not-serializable", [](Scenario& t) {
    t.needs_option("item.fail_serialize");
    const Actor main = t.root();
    const Object q = main.simple_queue();
    const Actor consumer = main.spawn("consumer", {q});
    for (std::int64_t i = 0; i < 3; ++i) {
      const Item broken = failing_item(t, "broken", i, "serialize");
      t.expect(main.call(put(q, broken)), Outcome::kNotSerializable, "in the caller of put");
      t.expect_boolean(consumer.call(empty(q)), true, "nothing was put");
      main.ok(put(q, t.item("main", i)));
      t.expect_payload(consumer.call(get(q)), t.item("main", i));
      t.expect_boolean(consumer.call(empty(q)), true, "only what could be serialized was put");
    }
  });

  test("simple-queue.put.visible-to-later-child", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.simple_queue();
    for (std::int64_t i = 0; i < 3; ++i) main.ok(put(q, t.item("main", i)));
    const Actor child = main.spawn("child", {q});
    t.expect_boolean(child.call(empty(q)), false, "items were put before it was started");
    t.expect_payload(child.call(get(q)), t.item("main", 0));
    t.expect_payload(child.spawn("grandchild", {q}).call(get(q)), t.item("main", 1));
    t.expect_payload(main.call(get(q)), t.item("main", 2));
  });
}};

}  // namespace
}  // namespace psq::conformance
