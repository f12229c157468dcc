// spec/pipe.md, pipe.recv.*
#include "clauses/pipe/support.h"
#include "clauses/shared/scale.h"
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

const Tests kRecvTests{[](const Define& test) {
  test("pipe.recv.wrong-direction", [](Scenario& t) {
    const Actor main = t.root();
    const Object sender = main.pipe(false).second;
    for (const Request& request :
         {recv(sender), recv_bytes(sender), recv_bytes_into(sender, 16), poll(sender)}) {
      t.expect_prompt(0ms, [&] {
        const Answer answer = main.call(request);
        t.expect(answer, Outcome::kWrongDirection, "it only sends");
        return answer;
      });
    }
  });

  test("pipe.recv.waits-for-message", [](Scenario& t) {
    const Actor main = t.root();
    const auto [receiver, sender] = main.pipe(false);
    const Actor child = main.spawn("child", {receiver});
    for (const Request& request : {recv(receiver), recv_bytes(receiver)}) {
      Call& waiting = child.start(request);
      t.expect_waits(waiting, "for a message");
      const Answer sent = request.operation == Operation::kRecv
                              ? main.ok(send(sender, t.item("main", 0)))
                              : main.ok(send_bytes(sender, kHello));
      const Answer done = t.finish(waiting);
      t.expect(done, Outcome::kOk, "a message was sent");
      t.expect_after(done, sent);
    }
  });

  test("pipe.recv.not-deserializable", [](Scenario& t) {
    t.needs_option("item.fail_deserialize");
    const Actor main = t.root();
    for (const bool is_duplex : {false, true}) {
      const auto [receiver, sender] = pipe_of(main, is_duplex);
      const Item bad = failing_item(t, "main", 0, "deserialize");
      main.ok(send(sender, bad));
      for (std::int64_t i = 1; i < 3; ++i) main.ok(send(sender, t.item("main", i)));
      t.expect(main.call(recv(receiver)), Outcome::kNotDeserializable, "it refuses");
      for (std::int64_t i = 1; i < 3; ++i)
        t.expect_payload(main.call(recv(receiver)), t.item("main", i));
      t.expect_boolean(main.call(poll(receiver)), false, "all messages are received");
    }
  });

  test("pipe.recv.empty-message", [](Scenario& t) {
    const Actor main = t.root();
    const auto [receiver, sender] = main.pipe(false);
    main.ok(send_bytes(sender, kNothing));
    main.ok(send(sender, t.item("main", 0)));
    const Answer answer = main.call(recv(receiver));
    t.expect_one_of(answer, {Outcome::kEndOfStream, Outcome::kNotDeserializable, Outcome::kOk},
                    "no bytes are no value, or one");
    t.observe("pipe.recv.empty-message", std::string{to_string(answer.outcome)});
    t.expect_payload(main.call(recv(receiver)), t.item("main", 0));
  });

  test("pipe.recv.pending-then-end-of-stream", [](Scenario& t) {
    const Actor main = t.root();
    for (const bool is_duplex : {false, true}) {
      const auto [receiver, sender] = pipe_of(main, is_duplex);
      main.ok(send(sender, t.item("main", 0)));
      main.ok(send_bytes(sender, kHello));
      main.ok(close(sender));
      t.expect_payload(main.call(recv(receiver)), t.item("main", 0));
      t.expect_payload(main.call(recv_bytes(receiver)), kHello);
      for (const Request& request :
           {recv(receiver), recv_bytes(receiver), recv_bytes_into(receiver, 16)}) {
        t.expect(main.call(request), Outcome::kEndOfStream,
                 "the other end is gone and all was received");
      }
    }
  });

  test("pipe.recv.pending-then-end-of-stream/waiting", [](Scenario& t) {
    const Actor main = t.root();
    const auto [receiver, sender] = main.pipe(false);
    const Actor child = main.spawn("child", {receiver});
    Call& waiting = child.start(recv(receiver));
    t.expect_waits(waiting, "for a message");
    const Answer closed = main.ok(close(sender));
    const Answer done = t.finish(waiting);
    t.expect(done, Outcome::kEndOfStream, "the last sender is gone");
    t.expect_after(done, closed);
  });

  test("pipe.recv.other-end-left-unread", [](Scenario& t) {
    const Actor main = t.root();
    const auto [left, right] = main.pipe(true);
    main.ok(send(left, t.item("unread", 0)));
    for (std::int64_t i = 0; i < 2; ++i) main.ok(send(right, t.item("right", i)));
    main.ok(close(right));
    for (std::int64_t i = 0; i < 2; ++i)
      t.expect_payload(main.call(recv(left)), t.item("right", i));
    t.expect_one_of(main.call(recv(left)), {Outcome::kEndOfStream, Outcome::kConnectionReset},
                    "the other end is gone and left something unread");
    for (int i = 0; i < 2; ++i)
      t.expect(main.call(recv(left)), Outcome::kEndOfStream, "a reset is reported once");
  });

  test("pipe.recv.end-of-stream-last-copy", [](Scenario& t) {
    const Actor main = t.root();
    for (const bool is_duplex : {false, true}) {
      const std::string suffix = is_duplex ? "2" : "1";
      const auto [receiver, sender] = main.pipe(is_duplex, "a" + suffix, "b" + suffix);
      const Actor one = main.spawn("one" + suffix, {sender});
      const Actor last = main.spawn("last" + suffix, {sender});
      main.ok(close(sender));
      one.ok(close(sender));
      Call& waiting = main.start(recv(receiver).by("reader"));
      t.expect_waits(waiting, "for a message: one copy of the other end is left");
      last.ok(send(sender, t.item("last", 0)));
      t.expect_payload(t.finish(waiting), t.item("last", 0));
      Call& at_end = main.start(recv(receiver).by("reader"));
      t.expect_waits(at_end, "for a message: one copy of the other end is left");
      last.ok(end_by(Ending::kReturn));
      t.expect(t.finish(at_end), Outcome::kEndOfStream, "the last copy went with its process");
    }
  });

  // The writer is killed while most of its message is still to be written.
  test("pipe.recv.cut-message", [](Scenario& t) {
    const Actor main = t.root();
    for (const bool is_duplex : {false, true}) {
      for (const std::string how : {"value", "bytes", "into"}) {
        const std::string suffix = how + (is_duplex ? "2" : "1");
        const auto [receiver, sender] = main.pipe(is_duplex, "a" + suffix, "b" + suffix);
        const Actor writer = main.spawn("writer" + suffix, {sender});
        main.ok(close(sender));
        constexpr std::int64_t kSize = 4 << 20;
        const Item item = t.item("writer", 1, kSize);
        writer.ok(send(sender, t.item("writer", 0)));
        Call& cut = writer.start(how == "value" ? send(sender, item) : send_bytes(sender, item));
        need_waits_for_room(t, cut);
        t.kill(writer);
        t.expect_payload(main.call(recv(receiver)), t.item("writer", 0));
        t.expect_one_of(main.call(how == "value"   ? recv(receiver)
                                  : how == "bytes" ? recv_bytes(receiver)
                                                   : recv_bytes_into(receiver, kSize)),
                        {Outcome::kCorrupted, Outcome::kEndOfStream}, "the message is cut short");
        t.expect(main.call(recv(receiver)), Outcome::kEndOfStream, "nothing more comes");
      }
    }
  });

  test("pipe.recv.end-of-stream-repeats", [](Scenario& t) {
    const Actor main = t.root();
    for (const bool is_duplex : {false, true}) {
      const auto [receiver, sender] = pipe_of(main, is_duplex);
      main.ok(close(sender));
      for (const Request& request :
           {recv(receiver), recv_bytes(receiver), recv_bytes_into(receiver, 16), recv(receiver)}) {
        t.expect_prompt(0ms, [&] {
          const Answer answer = main.call(request);
          t.expect(answer, Outcome::kEndOfStream, "and again");
          return answer;
        });
      }
    }
  });

  test.thorough()("pipe.recv.waits-for-message/longer-than-defaults", [](Scenario& t) {
    const Actor main = t.root();
    const auto [receiver, sender] = main.pipe(false);
    Call& waiting = main.start(recv(receiver).by("receiver"));
    t.expect_waits_on(waiting, kLongerThanDefaults, "for a message");
    main.ok(send(sender, t.item("main", 0)));
    t.expect_payload(t.finish(waiting), t.item("main", 0));
  });
}};

}  // namespace
}  // namespace psq::conformance
