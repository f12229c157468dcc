// spec/pipe.md, pipe.recv-bytes.*
#include "clauses/pipe/support.h"
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

std::string after_too_long(Scenario& t, const Actor& main, const Object& receiver,
                           const Object& sender) {
  for (const Bytes& message : {kHello, kNext}) main.ok(send_bytes(sender, message));
  t.expect(main.call(recv_bytes(receiver, 4)), Outcome::kMessageTooLong, "five are more than four");
  const Answer next = main.call(recv_bytes(receiver));
  t.expect_one_of(next, {Outcome::kClosed, Outcome::kWrongDirection, Outcome::kOk},
                  "it receives no more, or goes on");
  if (next.outcome != Outcome::kOk) return std::string{to_string(next.outcome)};
  const bool skipped = next.value.payload == Payload{kNext};
  t.expect_true(skipped || next.value.payload == Payload{kHello},
                "the refused message or the one after it", describe(next), next);
  return skipped ? "the next message" : "the refused message";
}

const Tests kRecvBytesTests{[](const Define& test) {
  test("pipe.recv-bytes.message-too-long", [](Scenario& t) {
    const Actor main = t.root();
    const auto receiver_sender = main.pipe(false);
    const Object &receiver = receiver_sender.first, &sender = receiver_sender.second;
    const auto takes = [&](const Bytes& message, std::int64_t maxlength) {
      main.ok(send_bytes(sender, message));
      t.expect_payload(main.call(recv_bytes(receiver, maxlength)), message);
    };
    takes(kHello, 5);
    takes(kHello, 6);
    takes(kNothing, 0);
    main.ok(send_bytes(sender, kHello));
    t.expect(main.call(recv_bytes(receiver, 4)), Outcome::kMessageTooLong,
             "five bytes are more than four");
    const auto [other, its_sender] = main.pipe(true, "c", "d");
    main.ok(send_bytes(its_sender, kHello));
    t.expect(main.call(recv_bytes(other, 0)), Outcome::kMessageTooLong, "five bytes are not none");
  });

  // A large message that the pipe holds, so that no call waits.
  test("pipe.recv-bytes.message-too-long/large", [](Scenario& t) {
    constexpr std::int64_t kSize = 40'000;
    const Actor main = t.root();
    for (const bool is_duplex : {false, true}) {
      const auto [receiver, sender] = pipe_of(main, is_duplex);
      main.ok(send_bytes(sender, t.item("main", 0, kSize)));
      t.expect_payload(main.call(recv_bytes(receiver, kSize)), t.item("main", 0, kSize));
      main.ok(send_bytes(sender, t.item("main", 1, kSize)));
      t.expect(main.call(recv_bytes(receiver, kSize - 1)), Outcome::kMessageTooLong,
               "one byte more than that");
    }
  });

  test("pipe.recv-bytes.negative-maxlength", [](Scenario& t) {
    const Actor main = t.root();
    const auto receiver_sender = main.pipe(false);
    const Object &receiver = receiver_sender.first, &sender = receiver_sender.second;
    const auto refused = [&](std::int64_t maxlength) {
      t.expect(main.call(recv_bytes(receiver, maxlength)), Outcome::kInvalidArgument,
               "no message has a negative length");
    };
    for (const Bytes& message : {kHello, kNext}) main.ok(send_bytes(sender, message));
    refused(-1);
    t.expect_payload(main.call(recv_bytes(receiver)), kHello);
    refused(-5);
    t.expect_payload(main.call(recv_bytes(receiver)), kNext);
    refused(-1);
  });

  test("pipe.recv-bytes.after-message-too-long", [](Scenario& t) {
    const Actor main = t.root();
    const auto [receiver, sender] = main.pipe(false);
    const auto [left, right] = main.pipe(true, "left", "right");
    t.observe("pipe.recv-bytes.after-message-too-long",
              "one-way: " + after_too_long(t, main, receiver, sender) +
                  "; duplex: " + after_too_long(t, main, left, right));
  });
}};

}  // namespace
}  // namespace psq::conformance
