// spec/pipe.md, pipe.recv-bytes.* and pipe.recv-bytes-into.*: room, offsets, and what is too long
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Bytes kHello{"68656c6c6f"};
const Bytes kNext{"6e657874"};
const Bytes kNothing{""};

void message_too_long(Scenario& t) {
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
}

// A large message that the pipe holds, so that nobody waits.
void message_too_long_large(Scenario& t) {
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
}

void negative_maxlength(Scenario& t) {
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
}

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

void observe_after_too_long(Scenario& t) {
  const Actor main = t.root();
  const auto [receiver, sender] = main.pipe(false);
  const auto [left, right] = main.pipe(true, "left", "right");
  t.observe("pipe.recv-bytes.after-message-too-long",
            "one-way: " + after_too_long(t, main, receiver, sender) +
                "; duplex: " + after_too_long(t, main, left, right));
}

void send_after_too_long(Scenario& t) {
  const Actor main = t.root();
  const auto [left, right] = main.pipe(true);
  main.ok(send_bytes(right, kHello));
  t.expect(main.call(recv_bytes(left, 4)), Outcome::kMessageTooLong, "five are more than four");
  for (std::int64_t i = 0; i < 2; ++i) {
    t.expect(main.call(send(left, t.item("left", i))), Outcome::kOk, "it still sends");
    t.expect_payload(main.call(recv(right)), t.item("left", i));
  }
}

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

void places_bytes(Scenario& t) {
  const Actor main = t.root();
  const auto ends = main.pipe(false);
  placed(t, main, ends, kHello, 5, 5, {});
  placed(t, main, ends, kHello, 5, 16, {});
  placed(t, main, ends, kHello, 5, 16, 0);
  placed(t, main, ends, kHello, 5, 16, 3);
  placed(t, main, ends, kHello, 5, 16, 11);
}

void places_no_bytes(Scenario& t) {
  const Actor main = t.root();
  const auto ends = main.pipe(true);
  placed(t, main, ends, kNothing, 0, 0, {});
  placed(t, main, ends, kNothing, 0, 16, {});
  placed(t, main, ends, kNothing, 0, 16, 16);
}

void places_large(Scenario& t) {
  constexpr std::int64_t kSize = 300'000;
  const Actor main = t.root();
  const auto ends = main.pipe(false);
  placed(t, main, ends, t.item("main", 0, kSize), kSize, kSize, {});
  placed(t, main, ends, t.item("main", 1, kSize), kSize, kSize + 100'000, 99'999);
}

void bad_offset(Scenario& t) {
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

void too_short(Scenario& t) {
  const Actor main = t.root();
  const auto ends = main.pipe(false);
  refused_for_room(t, ends, kHello, 4, {});
  refused_for_room(t, ends, kHello, 16, 12);
  refused_for_room(t, ends, kHello, 16, 16);
  refused_for_room(t, ends, kHello, 0, {});
  main.ok(send_bytes(ends.second, kNext));
  t.expect_payload(main.call(recv_bytes(ends.first)), kNext);
}

void too_short_large(Scenario& t) {
  const Actor main = t.root();
  const auto ends = main.pipe(true);
  for (const std::int64_t size : {20'000, 100'000, 3 << 20}) {
    refused_for_room(t, ends, t.item("main", 0, size), 100, {});
    refused_for_room(t, ends, t.item("main", 1, size), size, 1);
    main.ok(send_bytes(ends.second, kNext));
    t.expect_payload(main.call(recv_bytes(ends.first)), kNext);
  }
}

const Tests kTests{
    {{"pipe.recv-bytes.message-too-long"}, message_too_long},
    {{"pipe.recv-bytes.message-too-long"}, message_too_long_large, "large"},
    {{"pipe.recv-bytes.negative-maxlength"}, negative_maxlength},
    {{"pipe.recv-bytes.after-message-too-long"}, observe_after_too_long},
    {{"pipe.send.after-message-too-long"}, send_after_too_long},
    {{"pipe.recv-bytes-into.places-bytes"}, places_bytes},
    {{"pipe.recv-bytes-into.places-bytes"}, places_no_bytes, "empty"},
    {{"pipe.recv-bytes-into.places-bytes"}, places_large, "large"},
    {{"pipe.recv-bytes-into.bad-offset"}, bad_offset},
    {{"pipe.recv-bytes-into.too-short"}, too_short},
    {{"pipe.recv-bytes-into.too-short"}, too_short_large, "large"},
};

}  // namespace
}  // namespace psq::conformance
