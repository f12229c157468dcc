// spec/manager.md, manager.share.*
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Tests kShareTests{[](const Define& test) {
  test("manager.share.grandchild", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor child = main.spawn("child", {q});
    const Actor grandchild = child.spawn("grandchild", {q});
    for (std::int64_t i = 0; i < 3; ++i) {
      grandchild.ok(put(q, t.item("grandchild", i)));
      t.expect_payload(main.call(get(q, within(kLong))), t.item("grandchild", i));
      main.ok(put(q, t.item("main", i)));
      t.expect_payload(grandchild.call(get(q, within(kLong))), t.item("main", i));
    }
  });
}};

}  // namespace
}  // namespace psq::conformance
