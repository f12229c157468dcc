// spec/pipe.md, pipe.message.*
#include "clauses/pipe/support.h"
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Tests kMessageTests{[](const Define& test) {
  test("pipe.message.boundaries", [](Scenario& t) {
    const Actor main = t.root();
    for (const bool is_duplex : {false, true}) {
      const auto [receiver, sender] = pipe_of(main, is_duplex);
      const std::vector<Bytes> messages{{"00"},       {"0000"}, {"00000005"}, kHello,
                                        {"ffffffff"}, {"0a0a"}, {"00"}};
      for (const Bytes& message : messages) main.ok(send_bytes(sender, message));
      for (const Bytes& message : messages)
        t.expect_payload(main.call(recv_bytes(receiver)), message);
      t.expect_boolean(main.call(poll(receiver)), false, "as many messages as were sent");
    }
  });

  test("pipe.message.empty", [](Scenario& t) {
    const Actor main = t.root();
    const auto [receiver, sender] = main.pipe(false);
    const std::vector<Bytes> messages{kNothing, kHello, kNothing, kNothing, kHello};
    for (const Bytes& message : messages) main.ok(send_bytes(sender, message));
    for (const Bytes& message : messages)
      t.expect_payload(main.call(recv_bytes(receiver)), message);
  });
}};

}  // namespace
}  // namespace psq::conformance
