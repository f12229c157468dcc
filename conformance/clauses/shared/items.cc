#include "clauses/shared/items.h"

namespace psq::conformance {

Flow many_to_many(Scenario& t, const Object& q, std::int64_t items) {
  constexpr std::int64_t kConsumers = 3;
  const Actor main = t.root();
  std::vector<Call*> gets;
  for (int i = 0; i < kConsumers; ++i) {
    const Actor consumer = main.spawn("consumer" + std::to_string(i), {q});
    gets.push_back(&consumer.start(get_many(q, 4 * items / kConsumers)));
  }
  const Actor producer = main.spawn("producer", {q});
  std::vector<Call*> puts{
      &producer.start(put_many(t, q, "left", items).by("left")),
      &producer.start(put_many(t, q, "right", items).by("right")),
      &main.spawn("other", {q}).start(put_many(t, q, "other", items)),
      &main.start(put_many(t, q, "main", items).by("putter")),
  };
  Flow flow{.put_by = {{"left", items}, {"right", items}, {"other", items}, {"main", items}},
            .obtained = {}};
  for (Call* each : gets) flow.obtained.push_back(all_obtained(t, *each));
  for (Call* each : puts) {
    t.expect(t.finish(*each), Outcome::kOk);
    for (const Answer& answer : each->events) t.expect(answer, Outcome::kOk, "a slot comes free");
  }
  return flow;
}

void fifo_of_puts(Scenario& t, QueueKind kind) {
  constexpr std::int64_t kRounds = 40;
  const Actor main = t.root();
  const Object q = make(main, kind);
  const std::vector<Actor> producers{main, main.spawn("one", {q}), main.spawn("two", {q})};
  for (std::int64_t i = 0; i < kRounds; ++i) {
    for (const Actor& producer : producers) producer.ok(put(q, t.item(producer.name(), i)));
  }
  const Actor consumer = main.spawn("consumer", {q});
  for (std::int64_t i = 0; i < kRounds; ++i) {
    for (const Actor& producer : producers)
      t.expect_payload(consumer.call(get(q)), t.item(producer.name(), i));
  }
}

void fifo_of_gets(Scenario& t, QueueKind kind) {
  constexpr std::int64_t kItems = 60;
  const Actor main = t.root();
  const Object q = make(main, kind);
  const std::vector<Actor> consumers{main.spawn("one", {q}), main.spawn("two", {q})};
  for (std::int64_t i = 0; i < kItems; ++i) main.ok(put(q, t.item("main", i)));
  for (std::int64_t i = 0; i < kItems; ++i)
    t.expect_payload(consumers[static_cast<std::size_t>(i) % 2].call(get(q)), t.item("main", i));
}

// A put of a simple queue may wait for the get.
void sizes_intact(Scenario& t, const Actor& producer, const Object& q) {
  std::int64_t seq = 0;
  for (const std::int64_t size : boundary_sizes()) {
    const Item item = t.item("producer", seq++, size);
    Call& putting = producer.start(put(q, item));
    t.expect_payload(t.root().call(get(q)), item);
    t.expect(t.finish(putting), Outcome::kOk, "a consumer took it");
  }
}

void framed_sizes_intact(Scenario& t, const Actor& from,
                         const std::function<Request(const Item&)>& give, const Request& take) {
  std::vector<Item> items;
  std::vector<Request> gives;
  for (const std::int64_t size : framed_sizes()) {
    items.push_back(t.item(from.name(), std::ssize(items), t.fitting(size)));
    gives.push_back(give(items.back()));
  }
  Call& giving = from.start(run(gives));
  Call& taking = t.root().start(run({take.repeated(std::ssize(items))}));
  const Obtained obtained = all_obtained(t, taking);
  for (std::size_t i = 0; i < items.size(); ++i) t.expect_payload(obtained.answers.at(i), items[i]);
  t.expect(t.finish(giving), Outcome::kOk, "all of them were taken");
}

void values_equal(Scenario& t, const Actor& producer, const Object& q) {
  for (const std::string text : {"true",
                                 "false",
                                 "0",
                                 "-1",
                                 "9007199254740993",
                                 "0.5",
                                 "-1e300",
                                 R"("")",
                                 R"("text")",
                                 R"("\u0000 \u00e9 \u6f22 \ud83d\ude00")",
                                 R"("text \"quoted\" \\")",
                                 "[]",
                                 "{}",
                                 R"([1,[2,[3,[]]],{"a":null}])",
                                 R"([1,[2.5,["three",null,{"four":[true,false]}]]])",
                                 R"({"nested":{"list":[true,1.25,"x"],"empty":{}}})",
                                 R"({"":{"a":[{}],"b":"7"},"long key with spaces":[[],[[]]]})",
                                 "9223372036854775807",
                                 "-9223372036854775808",
                                 "1.7976931348623157e308",
                                 "5e-324"}) {
    producer.ok(put(q, Json{text}));
    t.expect_payload(t.root().call(get(q)), Json{text});
  }
}

Actor orphan(Scenario& t, const std::vector<Object>& objects) {
  const Actor between = t.root().spawn("between", objects);
  Actor consumer = between.spawn("consumer", objects);
  between.ok(end_by(Ending::kExitNow));
  t.expect_end(between);
  return consumer;
}

Object exit_flushes(Scenario& t, QueueKind kind, const Request& end, std::int64_t items) {
  const Actor main = t.root();
  const Object q = make(main, kind);
  const Actor producer = main.spawn("producer", {q});
  producer.ok(put_many(t, q, "producer", items, 10'000));
  producer.ok(end);
  const Obtained obtained = all_obtained(t, main.start(get_many(q, items)));
  t.expect_end(producer);
  expect_exactly_once(t, {{"producer", items}}, {obtained});
  expect_producer_order(t, {obtained});
  return q;
}

void close_is_local(Scenario& t, QueueKind kind) {
  const Actor main = t.root();
  const Object q = make(main, kind, kind == QueueKind::kSimple ? 0 : 1);
  const Actor one = main.spawn("one", {q});
  const Actor two = main.spawn("two", {q});
  main.ok(close(q));
  for (std::int64_t i = 0; i < 3; ++i) {
    t.expect(one.call(put(q, t.item("one", i))), Outcome::kOk,
             "another process closed it, not this one");
    t.expect_payload(two.call(get(q)), t.item("one", i));
  }
  one.ok(close(q));
  t.expect(two.call(put(q, t.item("two", 0))), Outcome::kOk,
           "other processes closed it, not this one");
  t.expect_payload(two.call(get(q)), t.item("two", 0));
}

}  // namespace psq::conformance
