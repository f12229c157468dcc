// spec/failure.md, failure.terminate.*
#include "clauses/failure/in_message.h"
#include "suite/flow.h"
#include "suite/kinds.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

const Tests kTerminateTests{[](const Define& test) {
  test("failure.terminate.what-arrives-is-whole/in-message",
       [](Scenario& t) { writer_ends_in_message(t, QueueKind::kQueue, true); });

  test("failure.terminate.what-arrives-is-whole/simple-in-message",
       [](Scenario& t) { writer_ends_in_message(t, QueueKind::kSimple, true); });

  // Terminated between two of its puts.
  test("failure.terminate.what-arrives-is-whole/between", [](Scenario& t) {
    for (const std::size_t at : {1, 40}) {
      until_in_time(t, 3000, [&](std::int64_t items) {
        const Actor main = t.root();
        const Object q = main.queue();
        const Actor producer = main.spawn("producer", {q});
        Call& gets = main.start(get_many(q, items).by("consumer"));
        static_cast<void>(producer.start(put_many(t, q, "producer", items, 3000)));
        expect_arrival(t, {&gets}, [&] { return gets.events.size() >= at; });
        main.ok(terminate("producer"));
        t.expect_end(producer);
        const bool in_time = !gets.answer;
        until_quiet(t, gets);
        expect_prefix(t, "producer", obtained_so_far(t, gets).answers);
        return in_time;
      });
    }
  });
}};

}  // namespace
}  // namespace psq::conformance
