// spec/pipe.md, pipe.order.*
#include "clauses/pipe/support.h"
#include "program/properties.h"
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

// The list of sends ends with a close, so that a lost message is the end of the stream.
void all_in_order(Scenario& t, const Actor& main, const Object& receiver, const Object& sender,
                  std::vector<Request> sends, std::vector<Request> receives, std::int64_t count) {
  const Actor child = main.spawn("child_" + sender.name, {sender});
  main.ok(close(sender));
  sends.push_back(close(sender));
  Call& sending = child.start(run(std::move(sends)));
  const Obtained obtained = all_obtained(t, main.start(run(std::move(receives))));
  t.expect(t.finish(sending), Outcome::kOk);
  expect_exactly_once(t, {{"child", count}}, {obtained});
  expect_prefix(t, "child", obtained.answers);
  t.expect(main.call(recv_bytes(receiver)), Outcome::kEndOfStream, "as many as were sent");
}

const Tests kOrderTests{[](const Define& test) {
  test("pipe.order.messages", [](Scenario& t) {
    constexpr std::int64_t kMessages = 1500;
    const Actor main = t.root();
    for (const bool is_duplex : {false, true}) {
      const auto [receiver, sender] = pipe_of(main, is_duplex);
      all_in_order(t, main, receiver, sender,
                   {send(sender, t.item("child", 0)).repeated(kMessages)},
                   {recv(receiver).repeated(kMessages)}, kMessages);
    }
  });

  // Values and bytes, small and large, in turn.
  test("pipe.order.messages/mixed", [](Scenario& t) {
    constexpr std::int64_t kMessages = 120;
    const Actor main = t.root();
    for (const bool is_duplex : {false, true}) {
      const auto [receiver, sender] = pipe_of(main, is_duplex);
      std::vector<Request> sends;
      std::vector<Request> receives;
      for (std::int64_t i = 0; i < kMessages; ++i) {
        const std::int64_t size = std::vector{0, 20'000, 300, 100'000, 1000}[i % 5];
        const Item item = t.item("child", i, size);
        sends.push_back(i % 3 == 0 ? send_bytes(sender, item) : send(sender, item));
        receives.push_back(i % 3 == 0 ? recv_bytes(receiver) : recv(receiver));
      }
      all_in_order(t, main, receiver, sender, std::move(sends), std::move(receives), kMessages);
    }
  });

  test("pipe.order.messages/programs", {"pipe.item.sizes-intact", "pipe.recv.waits-for-message"},
       [](Scenario& t) { any_program(t, Kind::kPipe); });
}};

}  // namespace
}  // namespace psq::conformance
