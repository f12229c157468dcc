// spec/queue.md, queue.close.*
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

void put_closed(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue(1);
  const Object never_used = main.queue(0, "never_used");
  main.ok(put(q, t.item("main", 0)));
  for (const Object& each : {q, never_used}) {
    main.ok(close(each));
    for (const Wait& wait : {kForever, kNoWait, within(60s)}) {
      t.expect_prompt(0ms, [&] {
        const Answer answer = main.call(put(each, t.item("main", 1), wait));
        t.expect(answer, Outcome::kClosed, "this process closed it");
        return answer;
      });
    }
  }
}

void get_closed(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue();
  const Object never_used = main.queue(0, "never_used");
  main.ok(put(q, t.item("main", 0)));
  t.eventually_boolean(main, empty(q), false);
  for (const Object& each : {q, never_used}) {
    main.ok(close(each));
    for (const Wait& wait : {kForever, kNoWait, within(60s)}) {
      t.expect_prompt(0ms, [&] {
        const Answer answer = main.call(get(each, wait));
        t.expect(answer, Outcome::kClosed, "this process closed it");
        return answer;
      });
    }
  }
}

void idempotent(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue(2);
  const Actor other = main.spawn("other", {q});
  main.ok(put(q, t.item("main", 0)));
  for (int i = 0; i < 3; ++i) {
    t.expect(main.call(close(q)), Outcome::kOk, "close again");
    t.expect(main.call(put(q, t.item("main", 1))), Outcome::kClosed, "still closed");
    t.expect_number(other.call(qsize(q)), 1, "close changes nothing");
  }
  t.expect_payload(other.call(get(q)), t.item("main", 0));
  t.expect(other.call(get(q, within(30ms))), Outcome::kEmpty, "one item was put");
}

void local(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue(1);
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

// The first item is more than transports hold: what follows is still in the buffer at the close.
void flushes(Scenario& t) {
  constexpr std::int64_t kItems = 200;
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor producer = main.spawn("producer", {q});
  producer.ok(put(q, t.item("large", 0, 4 << 20)));
  t.eventually_boolean(main, empty(q), false);
  producer.ok(put_many(t, q, "small", kItems));
  producer.ok(close(q));
  const Obtained obtained = all_obtained(t, main.start(get_many(q, kItems + 1)));
  expect_exactly_once(t, {{"large", 1}, {"small", kItems}}, {obtained});
  expect_producer_order(t, {obtained});
}

const Tests kTests{
    {{"queue.close.put-closed"}, put_closed}, {{"queue.close.get-closed"}, get_closed},
    {{"queue.close.idempotent"}, idempotent}, {{"queue.close.local"}, local},
    {{"queue.close.flushes"}, flushes},
};

}  // namespace
}  // namespace psq::conformance
