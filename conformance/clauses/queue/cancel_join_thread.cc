// spec/queue.md, queue.cancel-join-thread.*
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

enum class Cancel { kBeforePut, kAfterPut, kAfterClose };

Actor cancelled(Scenario& t, const Object& q, Cancel when) {
  const Actor producer = t.root().spawn("producer", {q});
  if (when == Cancel::kBeforePut) producer.ok(cancel_join_thread(q));
  producer.ok(put_many(t, q, "producer", 6, kMegabyte));
  if (when == Cancel::kAfterPut) producer.ok(cancel_join_thread(q));
  producer.ok(close(q));
  if (when == Cancel::kAfterClose) producer.ok(cancel_join_thread(q));
  return producer;
}

void ends_when_cancelled(Scenario& t, Cancel when) {
  const Object q = t.root().queue();
  const Actor producer = cancelled(t, q, when);
  producer.ok(end_by(Ending::kReturn));
  t.expect_end(producer);
}

const Tests kCancelJoinThreadTests{[](const Define& test) {
  test("queue.cancel-join-thread.exit-does-not-wait", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor producer = main.spawn("producer", {q});
    producer.ok(put_many(t, q, "producer", 6, kMegabyte));
    producer.ok(cancel_join_thread(q));
    producer.ok(end_by(Ending::kReturn));
    t.expect_end(producer);
    t.expect_boolean(main.call(join_process("producer")), true, "it has ended");
    t.expect_number(main.call(exit_code("producer")), 0, "it ended normally");
  });

  test("queue.cancel-join-thread.any-time/before-put",
       [](Scenario& t) { ends_when_cancelled(t, Cancel::kBeforePut); });

  test("queue.cancel-join-thread.any-time/after-close",
       [](Scenario& t) { ends_when_cancelled(t, Cancel::kAfterClose); });

  test("queue.cancel-join-thread.join-thread-does-not-wait", [](Scenario& t) {
    const Object q = t.root().queue();
    const Actor producer = cancelled(t, q, Cancel::kAfterPut);
    t.expect(producer.call(join_thread(q)), Outcome::kOk, "it was cancelled");
  });
}};

}  // namespace
}  // namespace psq::conformance
