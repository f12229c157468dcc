// spec/process.md, process.children.*
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Tests kChildrenTests{[](const Define& test) {
  test("process.children.several", [](Scenario& t) {
    const Actor main = t.root();
    const std::vector<std::string> names{"zero", "one", "two", "three"};
    for (const std::string& name : names) main.spawn(name, {});
    for (const std::size_t i : {2, 0, 3}) {
      Actor{t, names[i]}.ok(end_by(Ending::kExit, static_cast<std::int64_t>(10 + i)));
      t.expect_boolean(main.call(join_process(names[i])), true, "this one has ended");
      const Answer other = main.ok(exit_code("one"));
      t.expect_true(other.value.null, "no exit code of another child, which runs", describe(other),
                    other);
    }
    t.expect_boolean(main.call(join_process("one", 50ms)), false, "this one still runs");
    for (const std::int64_t i : {0, 2, 3}) {
      t.expect_number(main.call(exit_code(names[static_cast<std::size_t>(i)])), 10 + i,
                      "its own exit code");
    }
  });
}};

}  // namespace
}  // namespace psq::conformance
