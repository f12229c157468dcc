// spec/queue.md, queue.wait.*
#include "clauses/queue/timeouts.h"
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Tests kWaitTests{[](const Define& test) {
  // Two processes of good manners, each of which waits for the other one's next step.
  test("queue.wait.mutual", [](Scenario& t) {
    constexpr auto kWatched = 800ms;
    const Actor main = t.root();
    const Object there = main.queue(1, "there");
    const Object back = main.queue(0, "back");
    const Actor asking = main.spawn("asking", {there, back});
    const Actor answering = main.spawn("answering", {there, back});
    asking.ok(put(there, t.item("asking", 0)));
    Call& putting = asking.start(put(there, t.item("asking", 1)));
    Call& getting = answering.start(get(back));
    t.expect_waits(putting, "for a slot that only the other one could free");
    t.expect_waits(getting, "for an item that only the other one could put");
    const bool ended = t.session().wait_until(
        [&] { return putting.answer.has_value() || getting.answer.has_value(); }, kWatched);
    t.expect_true(!ended, "both still wait", "one ended");
    // Another process takes the item that was in the way.
    t.expect_payload(main.call(get(there)), t.item("asking", 0));
    t.expect(t.finish(putting), Outcome::kOk, "a slot became free");
    asking.ok(put(back, t.item("asking", 2)));
    t.expect_payload(t.finish(getting), t.item("asking", 2));
  });
}};

}  // namespace
}  // namespace psq::conformance
