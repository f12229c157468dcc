// spec/pipe.md, pipe.send.*
#include "clauses/pipe/support.h"
#include "clauses/shared/scale.h"
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

constexpr std::int64_t kPage = 4096;

const Tests kSendTests{[](const Define& test) {
  test("pipe.send.wrong-direction", [](Scenario& t) {
    const Actor main = t.root();
    const auto [receiver, sender] = main.pipe(false);
    t.expect(main.call(send(receiver, t.item("main", 0))), Outcome::kWrongDirection,
             "it only receives");
    t.expect(main.call(send_bytes(receiver, kHello)), Outcome::kWrongDirection, "it only receives");
    t.expect_boolean(main.call(poll(receiver)), false, "nothing was sent");
    main.ok(send(sender, t.item("main", 1)));
    t.expect_payload(main.call(recv(receiver)), t.item("main", 1));
  });

  test("pipe.send.small-needs-no-receiver", [](Scenario& t) {
    const Actor main = t.root();
    for (const bool is_duplex : {false, true}) {
      const auto [receiver, sender] = pipe_of(main, is_duplex);
      t.expect(main.call(send(sender, t.item("main", 0, kPage))), Outcome::kOk, "there is room");
      t.expect_payload(main.call(recv(receiver)), t.item("main", 0, kPage));
      t.expect(main.call(send_bytes(sender, t.item("main", 1, kPage))), Outcome::kOk,
               "there is room");
      t.expect_payload(main.call(recv_bytes(receiver)), t.item("main", 1, kPage));
    }
  });

  // More small messages than most pipes hold.
  test("pipe.send.waits-for-room", [](Scenario& t) {
    constexpr std::int64_t kMessages = 3000;
    const Actor main = t.root();
    for (const bool is_duplex : {false, true}) {
      const auto [receiver, sender] = pipe_of(main, is_duplex);
      const Request one = send(sender, t.item("main", 0, 1000)).repeated(kMessages);
      Call& sends = main.start(run({one}).by("sender"));
      static_cast<void>(t.comes_to_wait(sends));  // in a pipe that has less room
      Call& receives = main.start(run({recv(receiver).repeated(kMessages)}));
      const Obtained obtained = all_obtained(t, receives);
      t.expect(t.finish(sends), Outcome::kOk);
      for (const Answer& sent : sends.events)
        t.expect(sent, Outcome::kOk, "there was room in time");
      expect_exactly_once(t, {{"main", kMessages}}, {obtained});
    }
  });

  test("pipe.send.waits-for-room/large", [](Scenario& t) {
    const Actor main = t.root();
    for (const bool is_duplex : {false, true}) {
      const auto [receiver, sender] = pipe_of(main, is_duplex);
      const Item item = t.item("main", 0, kLarger);
      Call& sending = main.start(send(sender, item).by("sender"));
      static_cast<void>(t.comes_to_wait(sending));  // in a pipe that has less room
      t.expect_payload(main.call(recv(receiver)), item);
      t.expect(t.finish(sending), Outcome::kOk, "all was read");
    }
  });

  test("pipe.send.not-serializable", [](Scenario& t) {
    t.needs_option("item.fail_serialize");
    const Actor main = t.root();
    for (const bool is_duplex : {false, true}) {
      const auto [receiver, sender] = pipe_of(main, is_duplex);
      for (const std::int64_t size : {0, 100'000}) {
        const Item bad = failing_item(t, "main", 0, "serialize", size);
        t.expect(main.call(send(sender, bad)), Outcome::kNotSerializable, "it refuses");
        t.expect_boolean(main.call(poll(receiver)), false, "nothing was sent");
        main.ok(send(sender, t.item("main", 1)));
        t.expect_payload(main.call(recv(receiver)), t.item("main", 1));
      }
    }
  });

  test("pipe.send.broken-pipe", [](Scenario& t) {
    const Actor main = t.root();
    for (const bool is_duplex : {false, true}) {
      const auto [receiver, sender] = pipe_of(main, is_duplex);
      main.ok(close(receiver));
      t.expect(main.call(send(sender, t.item("main", 0))), Outcome::kBrokenPipe,
               "there is no receiver");
      t.expect(main.call(send_bytes(sender, kHello)), Outcome::kBrokenPipe, "there is no receiver");
    }
  });

  test("pipe.send.broken-pipe-last-copy", [](Scenario& t) {
    const Actor main = t.root();
    for (const bool is_duplex : {false, true}) {
      const std::string suffix = is_duplex ? "2" : "1";
      const auto [receiver, sender] = main.pipe(is_duplex, "a" + suffix, "b" + suffix);
      const Actor one = main.spawn("one" + suffix, {receiver});
      const Actor last = main.spawn("last" + suffix, {receiver});
      main.ok(close(receiver));
      one.ok(close(receiver));
      t.expect(main.call(send(sender, t.item("main", 0))), Outcome::kOk,
               "one copy of the other end is left");
      t.expect_payload(last.call(recv(receiver)), t.item("main", 0));
      last.ok(end_by(Ending::kReturn));
      t.expect_end(last);
      t.expect(main.call(send(sender, t.item("main", 1))), Outcome::kBrokenPipe,
               "the last copy went with its process");
    }
  });

  test("pipe.send.after-message-too-long", [](Scenario& t) {
    const Actor main = t.root();
    const auto [left, right] = main.pipe(true);
    main.ok(send_bytes(right, kHello));
    t.expect(main.call(recv_bytes(left, 4)), Outcome::kMessageTooLong, "five are more than four");
    for (std::int64_t i = 0; i < 2; ++i) {
      t.expect(main.call(send(left, t.item("left", i))), Outcome::kOk, "it still sends");
      t.expect_payload(main.call(recv(right)), t.item("left", i));
    }
  });

  test.thorough()("pipe.send.waits-for-room/longer-than-defaults", [](Scenario& t) {
    const Actor main = t.root();
    const auto [receiver, sender] = main.pipe(false);
    const Item item = t.item("main", 0, kLarger);
    Call& sending = main.start(send(sender, item).by("sender"));
    need_waits_for_room(t, sending);
    t.expect_waits_on(sending, kLongerThanDefaults, "for room in the pipe");
    t.expect_payload(main.call(recv(receiver)), item);
    t.expect(t.finish(sending), Outcome::kOk, "the other end was read");
  });
}};

}  // namespace
}  // namespace psq::conformance
