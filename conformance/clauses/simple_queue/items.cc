// spec/simple-queue.md: items of every kind and size, and puts that wait or are refused
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {


void large_waits(Scenario& t) {
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
}

void small_at_once(Scenario& t) {
  const Actor main = t.root();
  for (const std::int64_t size : {0, 1000}) {
    const Object q = main.simple_queue("q" + std::to_string(size));
    t.expect(main.call(put(q, t.item("main", 0, size))), Outcome::kOk, "it needs no consumer");
    t.expect_payload(main.call(get(q)), t.item("main", 0, size));
  }
}

// The consumer is not even started when the put begins.
void large_later_consumer(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.simple_queue();
  const Actor producer = main.spawn("producer", {q});
  const Item item = t.item("producer", 0, kLarger);
  Call& putting = producer.start(put(q, item));
  static_cast<void>(t.ends_within(putting, 200ms));
  const Actor consumer = main.spawn("consumer", {q});
  t.expect_payload(consumer.call(get(q)), item);
  t.expect(t.finish(putting), Outcome::kOk, "a consumer took it");
  producer.ok(put(q, t.item("producer", 1)));
  t.expect_payload(consumer.call(get(q)), t.item("producer", 1));
}

void not_serializable(Scenario& t) {
  t.needs_option("item.fail_serialize");
  const Actor main = t.root();
  const Object q = main.simple_queue();
  const Actor consumer = main.spawn("consumer", {q});
  for (std::int64_t i = 0; i < 3; ++i) {
    Item broken = t.item("broken", i);
    broken.fail = "serialize";
    t.expect(main.call(put(q, broken)), Outcome::kNotSerializable, "in the caller of put");
    t.expect_boolean(consumer.call(empty(q)), true, "nothing was put");
    main.ok(put(q, t.item("main", i)));
    t.expect_payload(consumer.call(get(q)), t.item("main", i));
    t.expect_boolean(consumer.call(empty(q)), true, "only what could be serialized was put");
  }
}

void not_deserializable(Scenario& t) {
  t.needs_option("item.fail_deserialize");
  const Actor main = t.root();
  const Object q = main.simple_queue();
  const Actor consumer = main.spawn("consumer", {q});
  for (std::int64_t i = 0; i < 3; ++i) {
    Item broken = t.item("broken", i);
    broken.fail = "deserialize";
    main.ok(put(q, broken));
    main.ok(put(q, t.item("main", i)));
    t.expect(consumer.call(get(q)), Outcome::kNotDeserializable, "the item cannot be made");
    t.expect_payload(consumer.call(get(q)), t.item("main", i));
    t.expect_boolean(main.call(empty(q)), true, "the broken item is consumed");
  }
}

void values_equal(Scenario& t) {
  t.needs_option("json");
  const Actor main = t.root();
  const Object q = main.simple_queue();
  const Actor consumer = main.spawn("consumer", {q});
  for (const std::string text :
       {"true", "false", "0", "-1", "9223372036854775807", "-9223372036854775808", "0.1",
        "-1.7e300", R"("")", R"("text \"quoted\" \\ \u0000 \u00e9 \u6c34 \ud83d\ude00")", "[]",
        "{}", R"([1,[2.5,["three",null,{"four":[true,false]}]]])",
        R"({"":{"a":[{}],"b":"7"},"long key with spaces":[[],[[]]]})"}) {
    main.ok(put(q, Json{text}));
    t.expect_payload(consumer.call(get(q)), Json{text});
  }
}

void null_is_an_item(Scenario& t) {
  t.needs_option("json");
  const Actor main = t.root();
  const Object q = main.simple_queue();
  main.ok(put(q, Json{"null"}));
  t.expect_boolean(main.call(empty(q)), false, "null is an item");
  main.ok(put(q, t.item("main", 0)));
  t.expect_payload(main.call(get(q)), Json{"null"});
  t.expect_payload(main.call(get(q)), t.item("main", 0));
}

// Large and small ones from two producers at once.
void fifo_of_mixed_sizes(Scenario& t) {
  constexpr std::int64_t kRounds = 12;
  const Actor main = t.root();
  const Object q = main.simple_queue();
  std::vector<Call*> puts;
  for (const std::string name : {"one", "two"}) {
    std::vector<Request> mixed;
    for (std::int64_t i = 0; i < kRounds; ++i) {
      const std::int64_t size = i % 3 == 0 ? 300'000 : i % 3 == 1 ? 0 : 70'000;
      mixed.push_back(put(q, t.item(name, i, size)));
    }
    puts.push_back(&main.spawn(name, {q}).start(run(std::move(mixed))));
  }
  const Obtained obtained = all_obtained(t, main.start(get_many(q, 2 * kRounds)));
  for (Call* each : puts) t.expect(t.finish(*each), Outcome::kOk);
  expect_exactly_once(t, {{"one", kRounds}, {"two", kRounds}}, {obtained});
  expect_producer_order(t, {obtained});
}

// Each put returns before the next is invoked, in the other process; a consumer takes meanwhile.
void fifo_of_large(Scenario& t) {
  constexpr std::int64_t kRounds = 6;
  const Actor main = t.root();
  const Object q = main.simple_queue();
  const std::vector<Actor> producers{main.spawn("one", {q}), main.spawn("two", {q})};
  Call& gets = main.start(get_many(q, 2 * kRounds).by("consumer"));
  for (std::int64_t i = 0; i < kRounds; ++i) {
    for (const Actor& producer : producers)
      producer.ok(put(q, t.item(producer.name(), i, i % 2 == 0 ? 500'000 : 0)));
  }
  const Obtained obtained = all_obtained(t, gets);
  for (std::size_t i = 0; i < obtained.answers.size(); ++i) {
    const auto seq = static_cast<std::int64_t>(i / 2);
    const Item wanted = t.item(producers[i % 2].name(), seq, seq % 2 == 0 ? 500'000 : 0);
    t.expect_payload(obtained.answers[i], wanted);
  }
}

const Tests kTests{
    {{"simple-queue.put.large-waits"}, large_waits},
    {{"simple-queue.put.small-at-once"}, small_at_once},
    {{"simple-queue.put.large-later-consumer"}, large_later_consumer},
    {{"simple-queue.put.not-serializable"}, not_serializable},
    {{"simple-queue.get.not-deserializable"}, not_deserializable},
    {{"simple-queue.item.values-equal"}, values_equal},
    {{"simple-queue.item.null-is-an-item"}, null_is_an_item},
    {{"simple-queue.order.fifo"}, fifo_of_mixed_sizes, "mixed_sizes"},
    {{"simple-queue.order.fifo"}, fifo_of_large, "large_of_several"},
};

}  // namespace
}  // namespace psq::conformance
