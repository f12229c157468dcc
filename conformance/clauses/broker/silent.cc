// spec/broker.md, broker.silent.*
#include <chrono>
#include <vector>

#include "clauses/broker/deliveries.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

const Tests kSilentTests{[](const Define& test) {
  test("broker.silent.call-ends", [](Scenario& t) {
    t.needs_option("patience");
    const Nanoseconds patience = t.patient(3s);
    const Actor main = t.root();
    Request request = broker_queue_creation(t);
    request.arguments.patience = std::chrono::duration<double>(patience).count();
    const Object q = main.create(request);
    const Actor other = main.spawn("other", {q});
    publish_items(t, main, q, 1);
    (void)expect_delivery(t, other, q, t.item("main", 0), "held");
    main.ok(freeze_server(q, true));
    const std::vector<Request> calls{
        publish(q, t.item("main", 1)),  receive(q, "d"), receive(q, "d", kNoWait),
        receive(q, "d", within(100ms)), ready(q),        ack(q, "held")};
    std::vector<Call*> started;
    for (const Request& call : calls)
      started.push_back(&other.start(Request{call}.by("thread" + std::to_string(started.size()))));
    for (Call* call : started) {
      t.expect_true(t.ends_within_fairly(*call, 100ms + 2 * patience + t.lateness()),
                    "the call ends soon after its timeout and twice the patience", "it does not");
      const Answer answer = t.finish(*call);
      t.expect(answer, Outcome::kConnectionLost, "the server does not answer");
      t.expect_not_before(answer, patience);
    }
    main.ok(freeze_server(q, false));
    for (const Actor& each : {main, other})
      t.expect(each.call(publish(q, t.item(each.name(), 2))), Outcome::kOk, "the server is back");
    auto came = drain(t, other, q, 400ms);
    for (const Actor& each : {main, other})
      t.expect_true(came[{each.name(), 2}] == 1, "what was published then comes once",
                    "it does not");
    t.expect_true(came[{"main", 1}] <= 1, "what was published in vain comes once or never",
                  "it comes again");
  });
}};

}  // namespace
}  // namespace psq::conformance
