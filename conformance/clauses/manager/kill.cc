// spec/manager.md, manager.kill.*
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

// Kills a consumer that has obtained `at` items or a few more, and checks what a survivor obtains.
// Returns whether the kill came before the consumer had obtained every item.
bool kill_consumer(Scenario& t, std::size_t at, std::int64_t supply) {
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor victim = main.spawn("victim", {q});
  main.ok(put_many(t, q, "main", supply));
  Call& lost = victim.start(get_many(q, supply));
  expect_arrival(t, {&lost}, [&] { return lost.events.size() >= at; });
  t.kill(victim);
  const Actor survivor = main.spawn("survivor", {q});
  // One more than can be there, so that what is there twice is obtained, too.
  Call& kept = survivor.start(get_many(q, supply + 1, kNoWait));
  const std::vector<Obtained> obtained{obtained_so_far(t, lost), all_obtained(t, kept)};
  expect_at_most_once(t, {{"main", supply}}, obtained);
  expect_producer_order(t, obtained);
  const std::size_t count = obtained[0].answers.size() + obtained[1].answers.size();
  t.expect_true(count + 1 >= static_cast<std::size_t>(supply),
                "no item lost but that of the call that the kill cut off",
                std::to_string(count) + " of " + std::to_string(supply));
  return lost.events.size() < static_cast<std::size_t>(supply);
}

const Tests kKillTests{[](const Define& test) {
  test("manager.kill.no-duplicate", [](Scenario& t) {
    for (const std::size_t at : {3, 40, 120}) {
      until_in_time(t, 1500, [&](std::int64_t items) { return kill_consumer(t, at, items); });
    }
  });

  test("manager.kill.waiting-getter", [](Scenario& t) {
    constexpr std::int64_t kItems = 10;
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor victim = main.spawn("victim", {q});
    const Actor other = main.spawn("other", {q});
    t.expect_waits(victim.start(get(q)), "for an item");
    t.kill(victim);
    for (std::int64_t i = 0; i < kItems; ++i) main.ok(put(q, t.item("main", i)));
    std::int64_t lost = 0;
    for (std::int64_t seq = 0; seq + lost < kItems; ++seq) {
      const Answer answer = other.call(get(q, within(200ms)));
      const bool as_put = answer.value.payload == Payload{t.item("main", seq + lost)};
      if (!as_put && lost == 0) lost = 1;
      if (seq + lost == kItems) {
        t.expect(answer, Outcome::kEmpty, "the last item was lost");
      } else {
        t.expect_payload(answer, t.item("main", seq + lost));
      }
    }
    t.observe("manager.kill.waiting-getter", lost == 1 ? "one item is lost" : "no item is lost");
    t.expect(other.call(get(q, within(50ms))), Outcome::kEmpty, "each item once");
  });

  test("manager.kill.waiting-putter", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue(2);
    const Actor victim = main.spawn("victim", {q});
    for (std::int64_t i = 0; i < 2; ++i) main.ok(put(q, t.item("main", i)));
    t.expect_waits(victim.start(put(q, t.item("victim", 0))), "for a slot");
    t.kill(victim);
    for (std::int64_t i = 0; i < 2; ++i) t.expect_payload(main.call(get(q)), t.item("main", i));
    const Answer answer = main.call(get(q, within(100ms)));
    t.expect_one_of(answer, {Outcome::kOk, Outcome::kEmpty}, "its item, or nothing");
    const bool came = answer.outcome == Outcome::kOk;
    if (came) t.expect_payload(answer, t.item("victim", 0));
    t.observe("manager.kill.waiting-putter", came ? "its item is put" : "its item is never put");
    for (std::int64_t i = 2; i < 4; ++i)
      t.expect(main.call(put(q, t.item("main", i), kNoWait)), Outcome::kOk, "every slot is free");
    for (std::int64_t i = 2; i < 4; ++i) t.expect_payload(main.call(get(q)), t.item("main", i));
    t.expect(main.call(get(q, within(50ms))), Outcome::kEmpty, "nothing twice");
  });

  test("manager.kill.waiting-joiner-harmless", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.joinable_queue();
    const Actor victim = main.spawn("victim", {q});
    const Actor other = main.spawn("other", {q});
    for (std::int64_t round = 0; round < 2; ++round) {
      main.ok(put(q, t.item("main", round)));
      if (round == 0) {
        t.expect_waits(victim.start(join(q)), "for a task");
        t.kill(victim);
      }
      Call& joining = other.start(join(q));
      t.expect_waits(joining, "for a task");
      t.expect_payload(main.call(get(q)), t.item("main", round));
      const Answer last = main.call(task_done(q));
      t.expect(last, Outcome::kOk, "the last task");
      const Answer joined = t.finish(joining);
      t.expect(joined, Outcome::kOk, "every task is done");
      t.expect_after(joined, last);
    }
  });
}};

}  // namespace
}  // namespace psq::conformance
