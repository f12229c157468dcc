// spec/pipe.md, pipe.send-bytes.*
#include <string_view>

#include "clauses/pipe/support.h"
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

// Two hexadecimal digits a byte, in a pattern that no shift maps onto itself.
std::string pattern(int bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (int i = 0; i < bytes; ++i) {
    const auto byte = static_cast<std::size_t>(i % 251);
    hex += {kDigits[byte / 16], kDigits[byte % 16]};
  }
  return hex;
}

const Tests kSendBytesTests{[](const Define& test) {
  test("pipe.send-bytes.slice", [](Scenario& t) {
    const Actor main = t.root();
    const auto receiver_sender = main.pipe(false);
    const Object &receiver = receiver_sender.first, &sender = receiver_sender.second;
    const auto sends = [&](std::optional<std::int64_t> offset, std::optional<std::int64_t> size,
                           const Bytes& part) {
      main.ok(send_bytes(sender, kHello, offset, size));
      t.expect_payload(main.call(recv_bytes(receiver)), part);
    };
    sends({}, {}, kHello);
    sends(0, {}, kHello);
    sends(2, {}, Bytes{"6c6c6f"});
    sends(0, 2, Bytes{"6865"});
    sends(1, 3, Bytes{"656c6c"});
    sends(2, 3, Bytes{"6c6c6f"});
    sends(2, 0, kNothing);
    sends(5, {}, kNothing);
    main.ok(send_bytes(sender, kNothing, 0, 0));
    t.expect_payload(main.call(recv_bytes(receiver)), kNothing);
  });

  test("pipe.send-bytes.slice/large", [](Scenario& t) {
    const Actor main = t.root();
    const auto receiver_sender = main.pipe(true);
    const Object &receiver = receiver_sender.first, &sender = receiver_sender.second;
    const std::string hex = pattern(40'000);
    const auto sends = [&](std::int64_t offset, std::int64_t size) {
      main.ok(send_bytes(sender, Bytes{hex}, offset, size));
      t.expect_payload(main.call(recv_bytes(receiver)),
                       Bytes{hex.substr(2 * static_cast<std::size_t>(offset),
                                        2 * static_cast<std::size_t>(size))});
    };
    sends(0, 40'000);
    sends(1, 39'999);
    sends(9'999, 25'000);
    sends(39'990, 7);
  });

  test("pipe.send-bytes.bad-slice", [](Scenario& t) {
    const Actor main = t.root();
    const auto [receiver, sender] = main.pipe(false);
    using Number = std::optional<std::int64_t>;
    for (const auto& [offset, size] : std::vector<std::pair<Number, Number>>{
             {-1, {}}, {6, {}}, {0, -1}, {0, 6}, {1, 5}, {5, 1}}) {
      t.expect(main.call(send_bytes(sender, kHello, offset, size)), Outcome::kInvalidArgument,
               "out of its bytes");
    }
    for (const auto& [offset, size] : std::vector<std::pair<Number, Number>>{{1, {}}, {0, 1}}) {
      t.expect(main.call(send_bytes(sender, kNothing, offset, size)), Outcome::kInvalidArgument,
               "there are no bytes");
    }
    t.expect_boolean(main.call(poll(receiver)), false, "nothing was sent");
    main.ok(send_bytes(sender, kHello));
    t.expect_payload(main.call(recv_bytes(receiver)), kHello);
  });
}};

}  // namespace
}  // namespace psq::conformance
