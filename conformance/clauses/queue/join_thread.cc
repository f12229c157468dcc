// spec/queue.md, queue.join-thread.*
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

const Tests kJoinThreadTests{[](const Define& test) {
  test("queue.join-thread.waits-for-flush", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor producer = main.spawn("producer", {q});
    producer.ok(put_many(t, q, "producer", 6, kMegabyte));
    producer.ok(close(q));
    Call& joining = producer.start(join_thread(q));
    t.expect_waits(joining, "for the flush of items that no process takes");
    Call& gets = main.start(get_many(q, 6));
    const Answer joined = t.finish(joining);
    t.expect(joined, Outcome::kOk, "all is flushed");
    t.kill(producer);
    const Obtained obtained = all_obtained(t, gets);
    expect_exactly_once(t, {{"producer", 6}}, {obtained});
    expect_producer_order(t, {obtained});
  });

  test("queue.join-thread.before-close", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue();
    t.expect(main.call(join_thread(q)), Outcome::kNotStarted, "close comes first");
    main.ok(put(q, t.item("main", 0)));
    t.expect(main.call(join_thread(q)), Outcome::kNotStarted, "close comes first");
    t.expect_payload(main.call(get(q)), t.item("main", 0));
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
    const bool none_waits = t.ends_within(one, 50ms) && t.ends_within(two, 50ms);
    t.expect_true(!none_waits, "one of two waits for the flush of items that no process takes",
                  "none does");
    const bool both_wait = !one.answer && !two.answer;
    t.observe("queue.join-thread.second-thread", both_wait ? "waits too" : "returns at once");
    expect_exactly_once(t, {{"producer", 6}}, {all_obtained(t, main.start(get_many(q, 6)))});
    t.expect(t.finish(one), Outcome::kOk, "all is flushed");
    t.expect(t.finish(two), Outcome::kOk, "all is flushed");
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
