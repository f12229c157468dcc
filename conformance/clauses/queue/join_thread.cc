// spec/queue.md, queue.join-thread.*
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

constexpr std::int64_t kPut = 6;  // of 1 MiB each, more than most transports hold

// What join_thread promises once it has ended as ok: all is visible, and the producer's death harms
// nothing. With room for all in the transport, that is so before anything is taken.
void expect_flushed(Scenario& t, const Object& q, const Actor& producer, Call& joining) {
  const bool waits = t.comes_to_wait(joining);
  if (!waits) t.kill(producer);
  Call& gets = t.root().start(get_many(q, kPut));
  t.expect(t.finish(joining), Outcome::kOk, "all is flushed");
  if (waits) t.kill(producer);
  const Obtained obtained = all_obtained(t, gets);
  expect_exactly_once(t, {{"producer", kPut}}, {obtained});
  expect_producer_order(t, {obtained});
}

const Tests kJoinThreadTests{[](const Define& test) {
  test("queue.join-thread.waits-for-flush", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor producer = main.spawn("producer", {q});
    producer.ok(put_many(t, q, "producer", kPut, kMegabyte));
    producer.ok(close(q));
    expect_flushed(t, q, producer, producer.start(join_thread(q)));
  });

  test("queue.join-thread.unclosed", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor producer = main.spawn("producer", {q});
    producer.ok(put_many(t, q, "producer", kPut, kMegabyte));
    Call& joining = producer.start(join_thread(q));
    if (t.comes_to_wait(joining) || joining.answer->outcome == Outcome::kOk)
      return expect_flushed(t, q, producer, joining);
    t.expect(*joining.answer, Outcome::kNotStarted, "close comes first, or it waits for the flush");
    producer.ok(put(q, t.item("later", 0)));
    const Obtained obtained = all_obtained(t, main.start(get_many(q, kPut + 1)));
    expect_exactly_once(t, {{"producer", kPut}, {"later", 1}}, {obtained});
  });

  test("queue.join-thread.nothing-put", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor other = main.spawn("other", {q});
    main.ok(put(q, t.item("main", 0)));
    t.expect_payload(other.call(get(q)), t.item("main", 0));
    other.ok(close(q));
    t.expect(other.call(join_thread(q)), Outcome::kOk, "this process put nothing");
  });

  test("queue.join-thread.second-thread", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor producer = main.spawn("producer", {q});
    producer.ok(put_many(t, q, "producer", 6, kMegabyte));
    producer.ok(close(q));
    Call& one = producer.start(join_thread(q).by("one"));
    Call& two = producer.start(join_thread(q).by("two"));
    if (t.ends_within(one, 50ms) && t.ends_within(two, 50ms))
      throw Unsupported{"its transport takes 6 MiB at once: no join_thread waits"};
    const bool both_wait = !one.answer && !two.answer;
    t.observe("queue.join-thread.second-thread", both_wait ? "waits too" : "returns at once");
  });

  test("queue.join-thread.several-threads", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor producer = main.spawn("producer", {q});
    producer.ok(put_many(t, q, "producer", 6, kMegabyte));
    producer.ok(close(q));
    std::vector<Call*> joins;
    for (const std::string thread : {"one", "two", "three"})
      joins.push_back(&producer.start(join_thread(q).by(thread)));
    static_cast<void>(t.ends_within(*joins.back(), 50ms));
    expect_exactly_once(t, {{"producer", 6}}, {all_obtained(t, main.start(get_many(q, 6)))});
    for (Call* each : joins) t.expect(t.finish(*each), Outcome::kOk, "all is flushed");
  });

  test("queue.join-thread.repeatable", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor producer = main.spawn("producer", {q});
    producer.ok(put(q, t.item("producer", 0)));
    producer.ok(close(q));
    for (int i = 0; i < 3; ++i) {
      t.expect(producer.call(join_thread(q)), Outcome::kOk, "all is flushed");
    }
    t.expect(producer.call(join_thread(q).by("other")), Outcome::kOk, "all is flushed");
    t.expect_payload(main.call(get(q)), t.item("producer", 0));
  });
}};

}  // namespace
}  // namespace psq::conformance
