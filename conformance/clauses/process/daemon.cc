// spec/process.md, process.daemon.*
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

const Tests kDaemonTests{[](const Define& test) {
  test("process.daemon.ends-with-parent", [](Scenario& t) {
    const Actor main = t.root();
    const Actor parent = main.spawn("parent", {});
    const Actor daemon = parent.spawn("daemon", {}, true);
    parent.ok(end_by(Ending::kReturn));
    t.expect_end(parent);
    t.expect_true(t.session().peer("daemon").dead ||
                      t.session().wait_until([&] { return t.session().peer("daemon").dead; }, 0ms),
                  "the daemon is ended before its parent is gone", "it runs on");
  });

  test("process.daemon.unflushed-lost", [](Scenario& t) {
    constexpr std::int64_t kItems = 6;
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor parent = main.spawn("parent", {q});
    const Actor daemon = parent.spawn("daemon", {q}, true);
    daemon.ok(put_many(t, q, "daemon", kItems, 1 << 20));
    parent.ok(end_by(Ending::kReturn));
    t.expect_end(parent);
    t.expect_end(daemon);
    Call& gets = main.start(get_many(q, kItems));
    until_quiet(t, gets);
    const Obtained obtained = obtained_so_far(t, gets);
    expect_prefix(t, "daemon", obtained.answers);
    t.observe("process.daemon.unflushed-lost",
              obtained.answers.size() == kItems ? "all arrive" : "some are lost");
  });
}};

}  // namespace
}  // namespace psq::conformance
