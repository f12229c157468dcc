// spec/pipe.md, pipe.attributes.*
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

void expect_open(Scenario& t, const Actor& actor, const Object& end, bool readable, bool writable) {
  t.expect_boolean(actor.call(is_readable(end)), readable, "whether it receives");
  t.expect_boolean(actor.call(is_writable(end)), writable, "whether it sends");
  t.expect_boolean(actor.call(is_closed(end)), false, "it is open");
}

const Tests kAttributesTests{[](const Define& test) {
  test("pipe.attributes", [](Scenario& t) {
    const Actor main = t.root();
    const auto [receiver, sender] = main.pipe(false, "receiver", "sender");
    const auto [left, right] = main.pipe(true, "left", "right");
    const Actor child = main.spawn("child", {receiver, sender, left, right});
    for (const Actor& actor : {main, child}) {
      expect_open(t, actor, receiver, true, false);
      expect_open(t, actor, sender, false, true);
      expect_open(t, actor, left, true, true);
      expect_open(t, actor, right, true, true);
      for (const Object& end : {receiver, sender, left, right}) {
        actor.ok(close(end));
        t.expect_boolean(actor.call(is_closed(end)), true, "it was closed");
      }
    }
  });

  test("pipe.attributes.after-close", [](Scenario& t) {
    const Actor main = t.root();
    const Object receiver = main.pipe(false).first;
    main.ok(close(receiver));
    std::string seen;
    for (const Request& request : {is_readable(receiver), is_writable(receiver)}) {
      const Answer answer = main.call(request);
      t.expect_one_of(answer, {Outcome::kOk, Outcome::kClosed}, "an answer, or closed");
      seen += (seen.empty() ? "" : ", ") + std::string{to_string(request.operation)} + ": " +
              describe(answer);
    }
    t.observe("pipe.attributes.after-close", seen);
  });
}};

}  // namespace
}  // namespace psq::conformance
