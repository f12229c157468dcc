// spec/failure.md: kills of processes that wait behind others, or leave items unflushed
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

constexpr auto kWhile = 300ms;

// One writer is in the middle of its item when another one that wants to write is killed.
void waiting_writer(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.simple_queue();
  const Actor writer = main.spawn("writer", {q});
  const Actor doomed = main.spawn("doomed", {q});
  Call& putting = writer.start(put(q, t.item("writer", 0, kLarger)));
  t.eventually_boolean(main, empty(q), false);
  Call& waiting = doomed.start(put(q, t.item("doomed", 0)));
  if (t.ends_within(waiting, kWhile)) {  // then nobody waits in a put here
    t.expect_payload(main.call(get(q)), t.item("writer", 0, kLarger));
    t.expect_payload(main.call(get(q)), t.item("doomed", 0));
    return;
  }
  t.kill(doomed);
  t.expect_payload(main.call(get(q)), t.item("writer", 0, kLarger));
  t.expect(t.finish(putting), Outcome::kOk, "a consumer took it");
  for (std::int64_t i = 1; i < 4; ++i) {
    t.expect(writer.call(put(q, t.item("writer", i))), Outcome::kOk, "nobody is in the way");
    t.expect_payload(main.call(get(q)), t.item("writer", i));
  }
  t.expect_boolean(main.call(empty(q)), true, "the item of the killed put is never obtained");
}

void getter_behind(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor first = main.spawn("first", {q});
  const Actor doomed = main.spawn("doomed", {q});
  Call& getting = first.start(get(q));
  t.expect_waits(getting, "for an item");
  Call& behind = doomed.start(get(q));
  t.expect_waits(behind, "for an item, or behind the other get");
  t.kill(doomed);
  main.ok(put(q, t.item("main", 0)));
  t.expect_payload(t.finish(getting), t.item("main", 0));
  for (std::int64_t i = 1; i < 10; ++i) {
    main.ok(put(q, t.item("main", i)));
    t.expect_payload(first.call(get(q)), t.item("main", i));
  }
}

void unflushed_slots(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue(2);
  const Actor doomed = main.spawn("doomed", {q});
  const Actor survivor = main.spawn("survivor", {q});
  doomed.ok(put(q, t.item("doomed", 0, kLarger)));
  doomed.ok(put(q, t.item("doomed", 1)));
  t.eventually_boolean(main, empty(q), false);
  t.kill(doomed);
  // Whoever can put the queue right does it when somebody gets.
  static_cast<void>(t.ends_within(survivor.start(get(q, within(kWhile))), 2 * kWhile));
  int free = 0;
  for (std::int64_t i = 0; i < 3; ++i) {
    const Answer answer = main.call(put(q, t.item("main", i), kNoWait));
    t.expect_one_of(answer, {Outcome::kOk, Outcome::kFull});
    free += answer.outcome == Outcome::kOk ? 1 : 0;
  }
  t.expect_true(free <= 2, "two slots at most", std::to_string(free));
  t.observe("failure.kill.unflushed-slots", std::to_string(free) + " of 2 slots come back");
}

const Tests kTests{
    {{"failure.kill.waiting-writer-harmless"}, waiting_writer},
    {{"failure.kill.getter-behind-harmless"}, getter_behind},
    {{"failure.kill.unflushed-slots"}, unflushed_slots},
};

}  // namespace
}  // namespace psq::conformance
