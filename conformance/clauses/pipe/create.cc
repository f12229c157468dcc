// spec/pipe.md, pipe.create.*
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Tests kCreateTests{[](const Define& test) {
  test("pipe.create.one-way", [](Scenario& t) {
    const Actor main = t.root();
    const auto [receiver, sender] = main.pipe(false);
    main.ok(send(sender, t.item("main", 0)));
    t.expect_payload(main.call(recv(receiver)), t.item("main", 0));
  });

  test("pipe.create.duplex", [](Scenario& t) {
    const Actor main = t.root();
    const auto [left, right] = main.pipe(true);
    main.ok(send(left, t.item("left", 0)));
    t.expect_boolean(main.call(poll(left)), false, "what an end sends does not come back to it");
    main.ok(send(right, t.item("right", 0)));
    t.expect_payload(main.call(recv(right)), t.item("left", 0));
    t.expect_payload(main.call(recv(left)), t.item("right", 0));
  });
}};

}  // namespace
}  // namespace psq::conformance
