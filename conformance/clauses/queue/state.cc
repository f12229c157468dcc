// spec/queue.md, queue.qsize.*, queue.full.* and queue.empty.*
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

void qsize_counts_slots(Scenario& t) {
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
}

// Before the item can have become visible.
void directly_after_put(Scenario& t, const std::function<Request(const Object&)>& ask,
                        const std::function<void(const Answer&)>& judge) {
  constexpr std::int64_t kTimes = 20;
  const Actor main = t.root();
  const Object q = main.queue(1);
  std::vector<Request> list;
  for (std::int64_t i = 0; i < kTimes; ++i) {
    list.insert(list.end(), {put(q, t.item("main", i)), ask(q), get(q)});
  }
  Call& steps = main.start(run(list));
  t.expect(t.finish(steps), Outcome::kOk);
  for (std::size_t i = 1; i < steps.events.size(); i += 3) judge(steps.events[i]);
}

void qsize_directly_after_put(Scenario& t) {
  directly_after_put(t, qsize, [&](const Answer& answer) {
    t.expect_number(answer, 1, "one item was put, visible or not");
  });
}

void full_directly_after_put(Scenario& t) {
  directly_after_put(t, full, [&](const Answer& answer) {
    t.expect_boolean(answer, true, "its slot is taken, visible or not");
  });
}

// An item that takes its time to be serialized, so that there is something to be seen.
void full_while_empty(Scenario& t) {
  t.needs_option("item.slow_serialize");
  const Actor main = t.root();
  const Object q = main.queue(1);
  Item slow = t.item("main", 0);
  slow.slow_serialize = 0.4;
  main.ok(put(q, slow));
  t.expect_boolean(main.call(full(q)), true, "its slot is taken");
  const Answer is_empty = main.ok(empty(q));
  const Answer at_once = main.call(get(q, kNoWait));
  t.expect_one_of(at_once, {Outcome::kOk, Outcome::kEmpty}, "the item, or that it is not visible");
  t.expect_payload(at_once.outcome == Outcome::kOk ? at_once : main.call(get(q)),
                   t.item("main", 0));
  t.observe("queue.full.while-empty",
            is_empty.value.boolean == true ? "full and empty at once" : "not seen");
}

void full_at_bound(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue(2);
  const Actor other = main.spawn("other", {q});
  const auto both_say = [&](bool is_full, const std::string& why) {
    t.expect_boolean(main.call(full(q)), is_full, why);
    t.expect_boolean(other.call(full(q)), is_full, why);
  };
  both_say(false, "it holds nothing");
  main.ok(put(q, t.item("main", 0)));
  both_say(false, "a slot is free");
  other.ok(put(q, t.item("other", 0)));
  both_say(true, "it holds as many as its bound");
  main.ok(get(q));
  both_say(false, "a get freed a slot");
}

void empty_at_rest(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor other = main.spawn("other", {q});
  t.expect_boolean(main.call(empty(q)), true, "nothing was put");
  t.expect_boolean(other.call(empty(q)), true, "nothing was put");
  for (std::int64_t i = 0; i < 3; ++i) {
    main.ok(put(q, t.item("main", i)));
    t.eventually_boolean(main, empty(q), false);
    t.expect_boolean(other.call(empty(q)), false, "visible to one is visible to all");
    other.ok(get(q));
    t.expect_boolean(main.call(empty(q)), true, "what was put has been obtained");
    t.expect_boolean(other.call(empty(q)), true, "what was put has been obtained");
  }
}

const Tests kTests{
    {{"queue.qsize.counts-slots"}, qsize_counts_slots},
    {{"queue.qsize.counts-slots"}, qsize_directly_after_put, "directly_after_put"},
    {{"queue.full.at-bound"}, full_at_bound},
    {{"queue.full.at-bound"}, full_directly_after_put, "directly_after_put"},
    {{"queue.full.while-empty"}, full_while_empty},
    {{"queue.empty.at-rest"}, empty_at_rest},
};

}  // namespace
}  // namespace psq::conformance
