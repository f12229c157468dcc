// spec/pipe.md: room in the pipe, both ways at once, and what cannot be (de)serialized
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

const Bytes kNothing{""};
constexpr std::int64_t kPage = 4096;

std::pair<Object, Object> pipe_of(const Actor& main, bool is_duplex) {
  const std::string suffix = is_duplex ? "2" : "1";
  return main.pipe(is_duplex, "a" + suffix, "b" + suffix);
}

void small_needs_no_receiver(Scenario& t) {
  const Actor main = t.root();
  for (const bool is_duplex : {false, true}) {
    const auto [receiver, sender] = pipe_of(main, is_duplex);
    t.expect(main.call(send(sender, t.item("main", 0, kPage))), Outcome::kOk, "there is room");
    t.expect_payload(main.call(recv(receiver)), t.item("main", 0, kPage));
    t.expect(main.call(send_bytes(sender, t.item("main", 1, kPage))), Outcome::kOk,
             "there is room");
    t.expect_payload(main.call(recv_bytes(receiver)), t.item("main", 1, kPage));
  }
}

// More small messages than any pipe holds.
void waits_when_full(Scenario& t) {
  constexpr std::int64_t kMessages = 3000;
  const Actor main = t.root();
  for (const bool is_duplex : {false, true}) {
    const auto [receiver, sender] = pipe_of(main, is_duplex);
    const Request one = send(sender, t.item("main", 0, 1000)).with("repeat", kMessages);
    Call& sends = main.start(run({one}).by("sender"));
    t.expect_waits(sends, "for room in the pipe");
    Call& receives = main.start(run({recv(receiver).with("repeat", kMessages)}));
    const Obtained obtained = all_obtained(t, receives);
    t.expect(t.finish(sends), Outcome::kOk);
    for (const Answer& sent : sends.events) t.expect(sent, Outcome::kOk, "there was room in time");
    expect_exactly_once(t, {{"main", kMessages}}, {obtained});
  }
}

void large_waits(Scenario& t) {
  const Actor main = t.root();
  for (const bool is_duplex : {false, true}) {
    const auto [receiver, sender] = pipe_of(main, is_duplex);
    const Item item = t.item("main", 0, kLarger);
    Call& sending = main.start(send(sender, item).by("sender"));
    t.expect_waits(sending, "for room in the pipe");
    t.expect_payload(main.call(recv(receiver)), item);
    t.expect(t.finish(sending), Outcome::kOk, "all was read");
  }
}

// Each side sends more than the pipe holds while another of its threads receives.
void both_ways_at_once(Scenario& t) {
  constexpr std::int64_t kMessages = 3;
  const Actor main = t.root();
  const auto [left, right] = main.pipe(true);
  const Actor child = main.spawn("child", {right});
  Call& to_main = main.start(run({recv(left).with("repeat", kMessages)}).by("receiver"));
  Call& to_child = child.start(run({recv(right).with("repeat", kMessages)}).by("receiver"));
  t.expect_waits(to_main, "for a message");
  t.expect_waits(to_child, "for a message");
  const auto sends = [&](const std::string& from, const Object& end) {
    return run({send(end, t.item(from, 0, kLarger)).with("repeat", kMessages)}).by("sender");
  };
  Call& by_main = main.start(sends("main", left));
  Call& by_child = child.start(sends("child", right));
  const Obtained at_main = all_obtained(t, to_main);
  const Obtained at_child = all_obtained(t, to_child);
  expect_exactly_once(t, {{"child", kMessages}}, {at_main});
  expect_exactly_once(t, {{"main", kMessages}}, {at_child});
  t.expect(t.finish(by_main), Outcome::kOk);
  t.expect(t.finish(by_child), Outcome::kOk);
}

void not_serializable(Scenario& t) {
  t.needs_option("item.fail_serialize");
  const Actor main = t.root();
  for (const bool is_duplex : {false, true}) {
    const auto [receiver, sender] = pipe_of(main, is_duplex);
    for (const std::int64_t size : {0, 100'000}) {
      Item bad = t.item("main", 0, size);
      bad.fail = "serialize";
      t.expect(main.call(send(sender, bad)), Outcome::kNotSerializable, "it refuses");
      t.expect_boolean(main.call(poll(receiver)), false, "nothing was sent");
      main.ok(send(sender, t.item("main", 1)));
      t.expect_payload(main.call(recv(receiver)), t.item("main", 1));
    }
  }
}

void not_deserializable(Scenario& t) {
  t.needs_option("item.fail_deserialize");
  const Actor main = t.root();
  for (const bool is_duplex : {false, true}) {
    const auto [receiver, sender] = pipe_of(main, is_duplex);
    Item bad = t.item("main", 0);
    bad.fail = "deserialize";
    main.ok(send(sender, bad));
    for (std::int64_t i = 1; i < 3; ++i) main.ok(send(sender, t.item("main", i)));
    t.expect(main.call(recv(receiver)), Outcome::kNotDeserializable, "it refuses");
    for (std::int64_t i = 1; i < 3; ++i)
      t.expect_payload(main.call(recv(receiver)), t.item("main", i));
    t.expect_boolean(main.call(poll(receiver)), false, "all messages are received");
  }
}

void empty_as_value(Scenario& t) {
  const Actor main = t.root();
  const auto [receiver, sender] = main.pipe(false);
  main.ok(send_bytes(sender, kNothing));
  main.ok(send(sender, t.item("main", 0)));
  const Answer answer = main.call(recv(receiver));
  t.expect_one_of(answer, {Outcome::kEndOfStream, Outcome::kNotDeserializable, Outcome::kOk},
                  "no bytes are no value, or one");
  t.observe("pipe.recv.empty-message", std::string{to_string(answer.outcome)});
  t.expect_payload(main.call(recv(receiver)), t.item("main", 0));
}

const Tests kTests{
    {{"pipe.send.small-needs-no-receiver"}, small_needs_no_receiver},
    {{"pipe.send.waits-when-full"}, waits_when_full},
    {{"pipe.send.waits-when-full"}, large_waits, "large"},
    {{"pipe.duplex.both-ways-at-once"}, both_ways_at_once},
    {{"pipe.send.not-serializable"}, not_serializable},
    {{"pipe.recv.not-deserializable"}, not_deserializable},
    {{"pipe.recv.empty-message"}, empty_as_value},
};

}  // namespace
}  // namespace psq::conformance
