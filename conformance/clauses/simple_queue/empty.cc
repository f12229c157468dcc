// spec/simple-queue.md, simple-queue.empty.*
#include "clauses/failure/in_message.h"
#include "clauses/shared/never_waits.h"
#include "clauses/shared/stopped_in_call.h"
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Tests kEmptyTests{[](const Define& test) {
  test("simple-queue.empty.exact", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.simple_queue();
    const Actor other = main.spawn("other", {q});
    const auto both_say = [&](bool is_empty) {
      t.expect_boolean(main.call(empty(q)), is_empty, "what was put and not obtained");
      t.expect_boolean(other.call(empty(q)), is_empty,
                       "what was put and not obtained, in every process");
    };
    both_say(true);
    main.ok(put(q, t.item("main", 0)));
    both_say(false);
    other.ok(put(q, t.item("other", 0)));
    both_say(false);
    main.ok(get(q));
    both_say(false);
    main.ok(get(q));
    both_say(true);
  });

  test("simple-queue.empty.never-waits/others-get", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.simple_queue();
    std::int64_t seq = 0;
    while_others_wait(
        t, main.spawn("other", {q}), get(q), [&] { main.ok(put(q, t.item("main", seq++))); },
        [&] {
          expect_at_once(t, main, empty(q), [&](const Answer& answer) {
            t.expect_boolean(answer, true, "nothing was put");
          });
        });
  });

  test("simple-queue.empty.never-waits/others-in-item", [](Scenario& t) {
    const Actor main = t.root();
    const auto look = [&](const Object& q) {
      expect_at_once(t, main, empty(q),
                     [&](const Answer& answer) { t.expect(answer, Outcome::kOk, "it answers"); });
    };
    while_another_is_in_item(t, QueueKind::kSimple, look);
    const Object q = main.simple_queue("unread");
    const Actor writer = in_large_message(t, main, q, "writer");
    look(q);
    t.stop(writer);
    look(q);
    t.resume(writer);
    t.expect_payload(main.call(get(q)), t.item("writer", 3, kLarger));
  });

  test("simple-queue.empty.never-waits/stopped-in-call", [](Scenario& t) {
    const CallsAt calls = [](const Object& q, int) -> std::vector<Request> { return {empty(q)}; };
    while_others_stand_in_calls(
        t, QueueKind::kSimple, Stopped::kAll, calls,
        [&](const Answer& answer) { t.expect(answer, Outcome::kOk, "it answers"); });
  });
}};

}  // namespace
}  // namespace psq::conformance
