#include "clauses/shared/gets.h"

namespace psq::conformance {

void expect_get_waits(Scenario& t, const Actor& consumer, const Object& q, const Wait& wait,
                      Nanoseconds at_least) {
  const Actor main = t.root();
  Call& waiting = consumer.start(get(q, wait));
  t.expect_waits_on(waiting, at_least, "for an item");
  const Answer put_it = main.ok(put(q, t.item("main", 0)));
  const Answer done = t.finish(waiting);
  t.expect_payload(done, t.item("main", 0));
  t.expect_after(done, put_it);
}

void get_waits_for_item(Scenario& t, QueueKind kind, const Wait& wait, Nanoseconds at_least) {
  const Object q = make(t.root(), kind);
  expect_get_waits(t, t.root().spawn("consumer", {q}), q, wait, at_least);
}

void get_empty_after_timeout(Scenario& t, QueueKind kind) {
  const Actor main = t.root();
  const Object q = make(main, kind);
  const Actor consumer = main.spawn("consumer", {q});
  for (const Nanoseconds timeout : {Nanoseconds{20ms}, t.patient(kTimed)}) {
    t.expect_prompt(timeout, [&] {
      const Answer answer = consumer.call(get(q, within(timeout)));
      t.expect(answer, Outcome::kEmpty, "nothing was put");
      t.expect_not_before(answer, timeout);
      return answer;
    });
  }
}

void expect_empty_at_once(Scenario& t, const Actor& consumer, const Object& q, const Wait& wait) {
  t.expect_prompt(0ms, [&] {
    const Answer answer = consumer.call(get(q, wait));
    t.expect(answer, Outcome::kEmpty, "nothing was put");
    return answer;
  });
}

}  // namespace psq::conformance
