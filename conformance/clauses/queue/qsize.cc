// spec/queue.md, queue.qsize.*
#include "clauses/queue/directly_after_put.h"
#include "clauses/shared/never_waits.h"
#include "clauses/shared/stopped_in_call.h"
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

// Each of them may be right or a little behind while calls are in progress.
void expect_answers_at_once(Scenario& t, const Object& q) {
  for (const Request& request : {qsize(q), full(q), empty(q)}) {
    expect_at_once(t, t.root(), request,
                   [&](const Answer& answer) { t.expect(answer, Outcome::kOk, "it answers"); });
  }
}

const Tests kQsizeTests{[](const Define& test) {
  test("queue.qsize.counts-slots", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue(3);
    const Actor other = main.spawn("other", {q});
    const auto both_say = [&](std::int64_t size) {
      t.expect_number(main.call(qsize(q)), size, "puts less gets");
      t.expect_number(other.call(qsize(q)), size, "puts less gets, in every process");
    };
    both_say(0);
    for (std::int64_t i = 0; i < 3; ++i) {
      main.ok(put(q, t.item("main", i)));
      both_say(i + 1);
    }
    t.expect(main.call(put(q, t.item("main", 3), kNoWait)), Outcome::kFull, "no slot is free");
    both_say(3);
    for (std::int64_t i = 3; i > 0; --i) {
      other.ok(get(q));
      both_say(i - 1);
    }
  });

  test("queue.qsize.counts-slots/directly-after-put", [](Scenario& t) {
    directly_after_put(t, qsize, [&](const Answer& answer) {
      t.expect_number(answer, 1, "one item was put, visible or not");
    });
  });

  test("queue.qsize.never-waits/others-get", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue();
    std::int64_t seq = 0;
    while_others_wait(
        t, main.spawn("other", {q}), get(q), [&] { main.ok(put(q, t.item("main", seq++))); },
        [&] { expect_answers_at_once(t, q); });
  });

  test("queue.qsize.never-waits/others-put", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue(1);
    main.ok(put(q, t.item("main", 0)));
    while_others_wait(
        t, main.spawn("other", {q}), put(q, t.item("waiting", 0)), [&] { main.ok(get(q)); },
        [&] { expect_answers_at_once(t, q); });
  });

  test("queue.qsize.never-waits/another-in-item", [](Scenario& t) {
    while_another_is_in_item(t, QueueKind::kQueue,
                             [&](const Object& q) { expect_answers_at_once(t, q); });
  });

  test("queue.qsize.never-waits/another-joins", [](Scenario& t) {
    while_another_joins(t, 0, [&](const Object& q) { expect_answers_at_once(t, q); });
  });

  test("queue.qsize.never-waits/stopped-in-call", [](Scenario& t) {
    const CallsAt calls = [](const Object& q, int) -> std::vector<Request> {
      return {qsize(q), full(q), empty(q)};
    };
    while_others_stand_in_calls(
        t, QueueKind::kQueue, Stopped::kAll, calls,
        [&](const Answer& answer) { t.expect(answer, Outcome::kOk, "it answers"); });
  });
}};

}  // namespace
}  // namespace psq::conformance
