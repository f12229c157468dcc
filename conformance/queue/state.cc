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
    {{"queue.full.at-bound"}, full_at_bound},
    {{"queue.empty.at-rest"}, empty_at_rest},
};

}  // namespace
}  // namespace psq::conformance
