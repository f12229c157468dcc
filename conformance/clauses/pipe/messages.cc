// spec/pipe.md: messages, their boundaries and sizes, and the bytes forms
#include <string_view>

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

void order(Scenario& t) {
  constexpr std::int64_t kMessages = 1500;
  const Actor main = t.root();
  for (const bool is_duplex : {false, true}) {
    const auto [receiver, sender] = pipe_of(main, is_duplex);
    all_in_order(t, main, receiver, sender,
                 {send(sender, t.item("child", 0)).with("repeat", kMessages)},
                 {recv(receiver).with("repeat", kMessages)}, kMessages);
  }
}

// Values and bytes, small and large, in turn.
void order_mixed(Scenario& t) {
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
}

void boundaries(Scenario& t) {
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

void huge_intact(Scenario& t) {
  const Actor main = t.root();
  const auto [receiver, sender] = main.pipe(false);
  const Actor child = main.spawn("child", {sender});
  const Item item = t.item("child", 0, 64 << 20);
  Call& sending = child.start(send(sender, item));
  t.expect_payload(main.call(recv(receiver)), item);
  t.expect(t.finish(sending), Outcome::kOk, "the other end was read");
}

void values_equal(Scenario& t) {
  t.needs_option("json");
  const Actor main = t.root();
  const auto [left, right] = main.pipe(true);
  const Actor child = main.spawn("child", {right});
  for (const std::string text :
       {"null", "true", "false", "0", "-1", "9007199254740993", "0.5", "-1e300", "\"\"", "\"text\"",
        "\"\\u0000 \\u00e9 \\u6f22 \\ud83d\\ude00\"", "[]", "{}", "[1,[2,[3,[]]],{\"a\":null}]",
        "{\"nested\":{\"list\":[true,1.25,\"x\"],\"empty\":{}}}"}) {
    child.ok(send(right, Json{text}));
    t.expect_payload(main.call(recv(left)), Json{text});
  }
}

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

void slice_large(Scenario& t) {
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
}

void slice(Scenario& t) {
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
  for (const auto& [offset, size] : std::vector<std::pair<Number, Number>>{{1, {}}, {0, 1}}) {
    t.expect(main.call(send_bytes(sender, kNothing, offset, size)), Outcome::kInvalidArgument,
             "there are no bytes");
  }
  t.expect_boolean(main.call(poll(receiver)), false, "nothing was sent");
  main.ok(send_bytes(sender, kHello));
  t.expect_payload(main.call(recv_bytes(receiver)), kHello);
}

const Tests kTests{
    {{"pipe.recv.waits-for-message"}, recv_waits},
    {{"pipe.order.messages"}, order},
    {{"pipe.order.messages"}, order_mixed, "mixed"},
    {{"pipe.message.boundaries"}, boundaries},
    {{"pipe.message.empty"}, empty_message},
    {{"pipe.item.sizes-intact"}, sizes_intact},
    {{"pipe.item.sizes-intact"}, huge_intact, "huge"},
    {{"pipe.item.values-equal"}, values_equal},
    {{"pipe.send-bytes.slice"}, slice},
    {{"pipe.send-bytes.slice"}, slice_large, "large"},
    {{"pipe.send-bytes.bad-slice"}, bad_slice},
};

}  // namespace
}  // namespace psq::conformance
