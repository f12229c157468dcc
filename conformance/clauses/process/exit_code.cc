// spec/process.md, process.exit-code.*
#include <signal.h>

#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Tests kExitCodeTests{[](const Define& test) {
  test("process.exit-code.values", [](Scenario& t) {
    const Actor main = t.root();
    const auto ends_with = [&](const std::string& name, const Request& end, std::int64_t code) {
      const Actor child = main.spawn(name, {});
      const Answer running = main.ok(exit_code(name));
      t.expect_true(running.value.null, "none, while it runs", describe(running), running);
      child.ok(end);
      t.expect_boolean(main.call(join_process(name)), true, "it has ended");
      t.expect_number(main.call(exit_code(name)), code, "after " + describe(end));
    };
    ends_with("returns", end_by(Ending::kReturn), 0);
    ends_with("exits0", end_by(Ending::kExit, 0), 0);
    ends_with("exits3", end_by(Ending::kExit, 3), 3);
    ends_with("exits255", end_by(Ending::kExit, 255), 255);
    ends_with("exits_now", end_by(Ending::kExitNow, 4), 4);
    ends_with("raises", end_by(Ending::kRaise), 1);
    const Actor killed = main.spawn("killed", {});
    t.kill(killed);
    t.expect_boolean(main.call(join_process("killed")), true, "it has ended");
    t.expect_number(main.call(exit_code("killed")), -SIGKILL, "ended by a signal");
  });

  // As a shell shows deaths by signals, and as a signed byte would be negative.
  test("process.exit-code.values/above-128", [](Scenario& t) {
    const Actor main = t.root();
    std::vector<Actor> children;
    const std::vector<std::int64_t> statuses{128, 129, 130, 137, 139, 143, 160, 192, 254};
    for (const std::int64_t status : statuses)
      children.push_back(main.spawn("exits" + std::to_string(status), {}));
    for (std::size_t i = 0; i < statuses.size(); ++i)
      children[i].ok(end_by(Ending::kExit, statuses[i]));
    for (std::size_t i = 0; i < statuses.size(); ++i) {
      t.expect_boolean(main.call(join_process(children[i].name())), true, "it has ended");
      t.expect_number(main.call(exit_code(children[i].name())), statuses[i], "its exit status");
    }
  });
}};

}  // namespace
}  // namespace psq::conformance
