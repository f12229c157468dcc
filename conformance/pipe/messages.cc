// spec/pipe.md: messages, their boundaries and sizes, and the bytes forms
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

const Bytes kHello{"68656c6c6f"};
const Bytes kNothing{""};

void recv_waits(Scenario& t) {
  const Actor main = t.root();
  const auto [receiver, sender] = main.pipe(false);
  const Actor child = main.spawn("child", {receiver});
  for (const Request& request : {recv(receiver), recv_bytes(receiver)}) {
    Call& waiting = child.start(request);
    t.expect_waits(waiting, "for a message");
    const Answer sent = request.verb == "recv" ? main.ok(send(sender, t.item("main", 0)))
                                               : main.ok(send_bytes(sender, kHello));
    const Answer done = t.finish(waiting);
    t.expect(done, Outcome::kOk, "a message was sent");
    t.expect_after(done, sent);
  }
}

void order(Scenario& t) {
  constexpr std::int64_t kMessages = 200;
  const Actor main = t.root();
  const auto [receiver, sender] = main.pipe(false);
  const Actor child = main.spawn("child", {sender});
  Call& sends = child.start(run({send(sender, t.item("child", 0)).with("repeat", kMessages)}));
  Call& receives = main.start(run({recv(receiver).with("repeat", kMessages)}));
  const Obtained obtained = all_obtained(t, receives);
  t.expect(t.finish(sends), Outcome::kOk);
  expect_exactly_once(t, {{"child", kMessages}}, {obtained});
  expect_prefix(t, "child", obtained.answers);
}

void boundaries(Scenario& t) {
  const Actor main = t.root();
  for (const bool is_duplex : {false, true}) {
    const std::string suffix = is_duplex ? "2" : "1";
    const auto [receiver, sender] = main.pipe(is_duplex, "a" + suffix, "b" + suffix);
    const std::vector<Bytes> messages{{"00"},       {"0000"}, {"00000005"}, kHello,
                                      {"ffffffff"}, {"0a0a"}, {"00"}};
    for (const Bytes& message : messages) main.ok(send_bytes(sender, message));
    for (const Bytes& message : messages)
      t.expect_payload(main.call(recv_bytes(receiver)), message);
    t.expect_boolean(main.call(poll(receiver)), false, "as many messages as were sent");
  }
}

void empty_message(Scenario& t) {
  const Actor main = t.root();
  const auto [receiver, sender] = main.pipe(false);
  const std::vector<Bytes> messages{kNothing, kHello, kNothing, kNothing, kHello};
  for (const Bytes& message : messages) main.ok(send_bytes(sender, message));
  for (const Bytes& message : messages) t.expect_payload(main.call(recv_bytes(receiver)), message);
}

void sizes_intact(Scenario& t) {
  const Actor main = t.root();
  for (const bool is_duplex : {false, true}) {
    const std::string suffix = is_duplex ? "2" : "1";
    const auto [receiver, sender] = main.pipe(is_duplex, "a" + suffix, "b" + suffix);
    const Actor child = main.spawn("child" + suffix, {sender});
    std::int64_t seq = 0;
    for (const std::int64_t size : boundary_sizes()) {
      const Item item = t.item("child", seq++, size);
      Call& sending = child.start(send(sender, item));
      t.expect_payload(main.call(recv(receiver)), item);
      t.expect(t.finish(sending), Outcome::kOk, "the other end was read");
      Call& sending_bytes = child.start(send_bytes(sender, item));
      t.expect_payload(main.call(recv_bytes(receiver)), item);
      t.expect(t.finish(sending_bytes), Outcome::kOk, "the other end was read");
    }
  }
}

void message_too_long(Scenario& t) {
  const Actor main = t.root();
  const auto [receiver, sender] = main.pipe(false);
  main.ok(send_bytes(sender, kHello));
  t.expect_payload(main.call(recv_bytes(receiver, 5)), kHello);
  main.ok(send_bytes(sender, kHello));
  t.expect_payload(main.call(recv_bytes(receiver, 6)), kHello);
  main.ok(send_bytes(sender, kHello));
  t.expect(main.call(recv_bytes(receiver, 4)), Outcome::kMessageTooLong,
           "five bytes are more than four");
}

void places_bytes(Scenario& t) {
  const Actor main = t.root();
  const auto [receiver, sender] = main.pipe(false);
  const auto placed = [&](std::int64_t room, std::optional<std::int64_t> offset) {
    main.ok(send_bytes(sender, kHello));
    const Answer answer = main.call(recv_bytes_into(receiver, room, offset));
    t.expect_payload(answer, kHello);
    t.expect_number(answer, 5, "the message's length");
  };
  placed(5, {});
  placed(16, {});
  placed(16, 0);
  placed(16, 3);
  placed(16, 11);
}

void too_short(Scenario& t) {
  const Actor main = t.root();
  const auto [receiver, sender] = main.pipe(false);
  const auto refused = [&](std::int64_t room, std::optional<std::int64_t> offset) {
    main.ok(send_bytes(sender, kHello));
    const Answer answer = main.call(recv_bytes_into(receiver, room, offset));
    t.expect(answer, Outcome::kBufferTooShort, "five bytes and less room");
    t.expect_true(answer.value.payload == Payload{kHello}, "the whole message with it",
                  describe(answer), answer);
  };
  refused(4, {});
  refused(16, 12);
  main.ok(send_bytes(sender, {Bytes{"6e657874"}}));
  t.expect_payload(main.call(recv_bytes(receiver)), Bytes{"6e657874"});
}

void slice(Scenario& t) {
  const Actor main = t.root();
  const auto [receiver, sender] = main.pipe(false);
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
}

void bad_slice(Scenario& t) {
  const Actor main = t.root();
  const auto [receiver, sender] = main.pipe(false);
  using Number = std::optional<std::int64_t>;
  for (const auto& [offset, size] :
       std::vector<std::pair<Number, Number>>{{-1, {}}, {6, {}}, {0, -1}, {0, 6}, {1, 5}, {5, 1}}) {
    t.expect(main.call(send_bytes(sender, kHello, offset, size)), Outcome::kInvalidArgument,
             "out of its bytes");
  }
  t.expect_boolean(main.call(poll(receiver)), false, "nothing was sent");
  main.ok(send_bytes(sender, kHello));
  t.expect_payload(main.call(recv_bytes(receiver)), kHello);
}

const Tests kTests{
    {{"pipe.recv.waits-for-message"}, recv_waits},
    {{"pipe.order.messages"}, order},
    {{"pipe.message.boundaries"}, boundaries},
    {{"pipe.message.empty"}, empty_message},
    {{"pipe.item.sizes-intact"}, sizes_intact},
    {{"pipe.recv-bytes.message-too-long"}, message_too_long},
    {{"pipe.recv-bytes-into.places-bytes"}, places_bytes},
    {{"pipe.recv-bytes-into.too-short"}, too_short},
    {{"pipe.send-bytes.slice"}, slice},
    {{"pipe.send-bytes.bad-slice"}, bad_slice},
};

}  // namespace
}  // namespace psq::conformance
