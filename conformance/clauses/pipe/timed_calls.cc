// spec/pipe.md, pipe.timed-calls.*
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Tests kTimedCallsTests{[](const Define& test) {
  test("pipe.timed-calls.answer-by-value", [](Scenario& t) {
    const Actor main = t.root();
    const Object end = main.pipe(false).first;
    for (const auto timeout : {Nanoseconds{0ms}, Nanoseconds{1us}, Nanoseconds{20ms}}) {
      t.expect_boolean(main.call(poll(end, timeout)), false, "a value, no error");
      const Answer answer = main.call(wait_any({end}, timeout));
      t.expect(answer, Outcome::kOk, "a value, no error");
      t.expect_true(answer.value.names && answer.value.names->empty(), "an empty list",
                    describe(answer), answer);
    }
  });
}};

}  // namespace
}  // namespace psq::conformance
