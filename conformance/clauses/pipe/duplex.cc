// spec/pipe.md, pipe.duplex.*
#include "program/properties.h"
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

const Tests kDuplexTests{[](const Define& test) {
  // Each side sends more than the pipe holds while another of its threads receives.
  test("pipe.duplex.both-ways-at-once", [](Scenario& t) {
    constexpr std::int64_t kMessages = 3;
    const Actor main = t.root();
    const auto [left, right] = main.pipe(true);
    const Actor child = main.spawn("child", {right});
    Call& to_main = main.start(run({recv(left).repeated(kMessages)}).by("receiver"));
    Call& to_child = child.start(run({recv(right).repeated(kMessages)}).by("receiver"));
    t.expect_waits(to_main, "for a message");
    t.expect_waits(to_child, "for a message");
    const auto sends = [&](const std::string& from, const Object& end) {
      return run({send(end, t.item(from, 0, kLarger)).repeated(kMessages)}).by("sender");
    };
    Call& by_main = main.start(sends("main", left));
    Call& by_child = child.start(sends("child", right));
    const Obtained at_main = all_obtained(t, to_main);
    const Obtained at_child = all_obtained(t, to_child);
    expect_exactly_once(t, {{"child", kMessages}}, {at_main});
    expect_exactly_once(t, {{"main", kMessages}}, {at_child});
    t.expect(t.finish(by_main), Outcome::kOk);
    t.expect(t.finish(by_child), Outcome::kOk);
  });

  test("pipe.duplex.both-ways-at-once/programs", {"pipe.order.messages", "pipe.item.sizes-intact"},
       [](Scenario& t) { any_program(t, Kind::kDuplexPipe); });
}};

}  // namespace
}  // namespace psq::conformance
