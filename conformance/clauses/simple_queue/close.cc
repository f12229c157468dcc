// spec/simple-queue.md, simple-queue.close.*
#include "clauses/shared/items.h"
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Tests kCloseTests{[](const Define& test) {
  test("simple-queue.close.operations-closed", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.simple_queue();
    main.ok(put(q, t.item("main", 0)));
    main.ok(close(q));
    for (const Request& request : {put(q, t.item("main", 1)), get(q), empty(q)}) {
      t.expect_prompt(0ms, [&] {
        const Answer answer = main.call(request);
        t.expect(answer, Outcome::kClosed, "this process closed it");
        return answer;
      });
    }
  });

  test("simple-queue.close.local", [](Scenario& t) { close_is_local(t, QueueKind::kSimple); });

  test("simple-queue.close.idempotent", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.simple_queue();
    const Actor other = main.spawn("other", {q});
    for (int i = 0; i < 3; ++i) {
      t.expect(main.call(close(q)), Outcome::kOk, "as often as one likes");
      t.expect(main.call(put(q, t.item("main", 0))), Outcome::kClosed, "it stays closed");
    }
    other.ok(put(q, t.item("other", 0)));
    t.expect_payload(other.call(get(q)), t.item("other", 0));
  });
}};

}  // namespace
}  // namespace psq::conformance
