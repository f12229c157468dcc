// spec/pipe.md, pipe.recv-bytes-into.*
#include "clauses/pipe/support.h"
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

void placed(Scenario& t, const Actor& main, const std::pair<Object, Object>& pipe,
            const Payload& message, std::int64_t size, std::int64_t room,
            std::optional<std::int64_t> offset) {
  Call& sending = main.start(send_bytes(pipe.second, message).by("sender"));
  const Answer answer = main.call(recv_bytes_into(pipe.first, room, offset));
  t.expect_number(answer, size, "the message's length");
  t.expect_true(answer.value.intact, "the message, and no other byte of the buffer is changed",
                "the message or another byte was changed: " + describe(answer), answer);
  t.expect_payload(answer, message);
  t.expect(t.finish(sending), Outcome::kOk);
}

void refused_for_room(Scenario& t, const std::pair<Object, Object>& pipe, const Payload& message,
                      std::int64_t room, std::optional<std::int64_t> offset) {
  const Actor main = t.root();
  Call& sending = main.start(send_bytes(pipe.second, message).by("sender"));
  const Answer answer = main.call(recv_bytes_into(pipe.first, room, offset));
  t.expect(answer, Outcome::kBufferTooShort, "more bytes than room");
  t.expect_true(answer.value.payload == message, "the whole message with it", describe(answer),
                answer);
  t.expect_intact(answer);
  t.expect(t.finish(sending), Outcome::kOk);
}

const Tests kRecvBytesIntoTests{[](const Define& test) {
  test("pipe.recv-bytes-into.places-bytes", [](Scenario& t) {
    const Actor main = t.root();
    const auto ends = main.pipe(false);
    placed(t, main, ends, kHello, 5, 5, {});
    placed(t, main, ends, kHello, 5, 16, {});
    placed(t, main, ends, kHello, 5, 16, 0);
    placed(t, main, ends, kHello, 5, 16, 3);
    placed(t, main, ends, kHello, 5, 16, 11);
  });

  test("pipe.recv-bytes-into.places-bytes/empty", [](Scenario& t) {
    const Actor main = t.root();
    const auto ends = main.pipe(true);
    placed(t, main, ends, kNothing, 0, 0, {});
    placed(t, main, ends, kNothing, 0, 16, {});
    placed(t, main, ends, kNothing, 0, 16, 16);
  });

  test("pipe.recv-bytes-into.places-bytes/large", [](Scenario& t) {
    constexpr std::int64_t kSize = 300'000;
    const Actor main = t.root();
    const auto ends = main.pipe(false);
    placed(t, main, ends, t.item("main", 0, kSize), kSize, kSize, {});
    placed(t, main, ends, t.item("main", 1, kSize), kSize, kSize + 100'000, 99'999);
  });

  test("pipe.recv-bytes-into.bad-offset", [](Scenario& t) {
    const Actor main = t.root();
    const auto receiver_sender = main.pipe(false);
    const Object &receiver = receiver_sender.first, &sender = receiver_sender.second;
    const auto refused = [&](std::int64_t room, std::int64_t offset) {
      t.expect(main.call(recv_bytes_into(receiver, room, offset)), Outcome::kInvalidArgument,
               "an offset that is not in the buffer");
    };
    for (const Bytes& message : {kHello, kNext}) main.ok(send_bytes(sender, message));
    refused(16, -1);
    t.expect_payload(main.call(recv_bytes(receiver)), kHello);
    refused(16, 17);
    t.expect_payload(main.call(recv_bytes(receiver)), kNext);
    refused(16, 17);
    main.ok(send_bytes(sender, kHello));
    refused(16, -6);
    refused(0, 1);
    t.expect_payload(main.call(recv_bytes(receiver)), kHello);
  });

  test("pipe.recv-bytes-into.too-short", [](Scenario& t) {
    const Actor main = t.root();
    const auto ends = main.pipe(false);
    refused_for_room(t, ends, kHello, 4, {});
    refused_for_room(t, ends, kHello, 16, 12);
    refused_for_room(t, ends, kHello, 16, 16);
    refused_for_room(t, ends, kHello, 0, {});
    main.ok(send_bytes(ends.second, kNext));
    t.expect_payload(main.call(recv_bytes(ends.first)), kNext);
  });

  test("pipe.recv-bytes-into.too-short/large", [](Scenario& t) {
    const Actor main = t.root();
    const auto ends = main.pipe(true);
    for (const std::int64_t size : {20'000, 100'000, 3 << 20}) {
      refused_for_room(t, ends, t.item("main", 0, size), 100, {});
      refused_for_room(t, ends, t.item("main", 1, size), size, 1);
      main.ok(send_bytes(ends.second, kNext));
      t.expect_payload(main.call(recv_bytes(ends.first)), kNext);
    }
  });
}};

}  // namespace
}  // namespace psq::conformance
