// spec/pipe.md, pipe.send-connection.*
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

// A process, and the two ends of a duplex pipe to it. It was made before the ends that it is sent:
// nothing but the sending can have brought them there.
struct Line {
  Object here;
  Object there;
  Actor child;
};

Line line_to_child(Scenario& t) {
  const Actor main = t.root();
  const auto [here, there] = main.pipe(true, "here", "there");
  return {.here = here, .there = there, .child = main.spawn("child", {there})};
}

Object obtain(const Actor& actor, const Object& through, const std::string& name) {
  actor.ok(recv_connection(through, name));
  return {.name = name, .type = ObjectType::kConnection};
}

Object send_over(const Line& line, const Actor& sender, const Object& end,
                 const std::string& name = "got") {
  sender.ok(send_connection(line.here, end));
  return obtain(line.child, line.there, name);
}

void expect_passes(Scenario& t, const Actor& from, const Object& sender, const Actor& to,
                   const Object& receiver, std::int64_t seq, const std::string& why) {
  t.expect(from.call(send(sender, t.item(from.name(), seq))), Outcome::kOk, why);
  const Answer answer = to.call(recv(receiver));
  t.expect(answer, Outcome::kOk, why);
  t.expect_payload(answer, t.item(from.name(), seq));
}

const Tests kSendConnectionTests{[](const Define& test) {
  test("pipe.send-connection.arrives", [](Scenario& t) {
    const Actor main = t.root();
    const Line line = line_to_child(t);
    const auto [x, y] = main.pipe(true, "x", "y");
    const Object got = send_over(line, main, y);
    expect_passes(t, main, x, line.child, got, 0, "the obtained end is an end of the same pipe");
    expect_passes(t, line.child, got, main, x, 1, "the obtained end is an end of the same pipe");
    t.expect_boolean(line.child.call(is_closed(got)), false, "it is open");
  });

  test("pipe.send-connection.arrives/one-way", [](Scenario& t) {
    const Actor main = t.root();
    const Line line = line_to_child(t);
    const auto [receiver, sender] = main.pipe(false, "receiver", "sender");
    const Object got_receiver = send_over(line, main, receiver, "got_receiver");
    const Object got_sender = send_over(line, main, sender, "got_sender");
    expect_passes(t, main, sender, line.child, got_receiver, 0, "what the end sent did, it does");
    expect_passes(t, line.child, got_sender, main, receiver, 1, "what the end sent did, it does");
    t.expect(line.child.call(send(got_receiver, t.item("child", 2))), Outcome::kWrongDirection,
             "the end that was sent only receives");
  });

  // From a process that made the pipe itself to its sibling, which waits for it already.
  test("pipe.send-connection.arrives/among-children", [](Scenario& t) {
    const Actor main = t.root();
    const auto [here, there] = main.pipe(true, "here", "there");
    const Actor maker = main.spawn("maker", {here});
    const Actor sibling = main.spawn("sibling", {there});
    const auto [x, y] = maker.pipe(true, "x", "y");
    Call& waiting = sibling.start(recv_connection(there, "got"));
    t.expect_waits(waiting, "for a connection: none was sent");
    maker.ok(send_connection(here, y));
    t.expect(t.finish(waiting), Outcome::kOk, "a connection was sent");
    const Object got{.name = "got", .type = ObjectType::kConnection};
    expect_passes(t, maker, x, sibling, got, 0, "the obtained end is an end of the same pipe");
    expect_passes(t, sibling, got, maker, x, 1, "the obtained end is an end of the same pipe");
  });

  test("pipe.send-connection.sender-keeps", [](Scenario& t) {
    const Actor main = t.root();
    const Line line = line_to_child(t);
    const auto [x, y] = main.pipe(true, "x", "y");
    const Object got = send_over(line, main, y);
    expect_passes(t, main, y, main, x, 0, "the sender's own end still works");
    line.child.ok(close(got));
    Call& waiting = main.start(recv(x).by("reader"));
    t.expect_waits(waiting, "for a message: the sender's own end is open");
    main.ok(send(y, t.item("main", 1)));
    t.expect_payload(t.finish(waiting), t.item("main", 1));
    main.ok(close(y));
    t.expect(main.call(recv(x).by("reader")), Outcome::kEndOfStream, "every copy is closed");
  });

  test("pipe.send-connection.sender-keeps/obtained", [](Scenario& t) {
    const Actor main = t.root();
    const Line line = line_to_child(t);
    const auto [receiver, sender] = main.pipe(false, "receiver", "sender");
    const Object got = send_over(line, main, sender);
    main.ok(close(sender));
    Call& waiting = main.start(recv(receiver).by("reader"));
    t.expect_waits(waiting, "for a message: the obtained end is open");
    line.child.ok(send(got, t.item("child", 0)));
    t.expect_payload(t.finish(waiting), t.item("child", 0));
    line.child.ok(end_by(Ending::kReturn));
    t.expect(main.call(recv(receiver).by("reader")), Outcome::kEndOfStream,
             "the last copy went with its process");
  });

  test("pipe.send-connection.sender-may-close", [](Scenario& t) {
    const Actor main = t.root();
    const Line line = line_to_child(t);
    for (const std::string part : {"close", "drop"}) {
      const auto [x, y] = main.pipe(true, "x_" + part, "y_" + part);
      const Object got = send_over(line, main, y, "got_" + part);
      main.ok(part == "close" ? close(y) : drop(y));
      expect_passes(t, main, x, line.child, got, 0, "the obtained end is a copy");
      expect_passes(t, line.child, got, main, x, 1, "the obtained end is a copy");
    }
  });

  // What is on its way is a copy already.
  test("pipe.send-connection.sender-may-close/at-once", [](Scenario& t) {
    const Actor main = t.root();
    const Line line = line_to_child(t);
    const auto [x, y] = main.pipe(true, "x", "y");
    main.ok(send_connection(line.here, y));
    main.ok(close(y));
    main.ok(drop(y));
    const Object got = obtain(line.child, line.there, "got");
    expect_passes(t, main, x, line.child, got, 0, "a copy was sent");
    expect_passes(t, line.child, got, main, x, 1, "a copy was sent");
  });

  test("pipe.send-connection.in-order", [](Scenario& t) {
    const Actor main = t.root();
    const Line line = line_to_child(t);
    const auto [x, first] = main.pipe(true, "x", "first");
    const auto [z, second] = main.pipe(true, "z", "second");
    main.ok(run({send(line.here, t.item("main", 0)), send_connection(line.here, first),
                 send(line.here, t.item("main", 1)), send_connection(line.here, second),
                 send(line.here, t.item("main", 2))}));
    t.expect_payload(line.child.call(recv(line.there)), t.item("main", 0));
    t.expect(line.child.call(recv_connection(line.there, "got_first")), Outcome::kOk,
             "it was sent after the first message");
    t.expect_payload(line.child.call(recv(line.there)), t.item("main", 1));
    t.expect(line.child.call(recv_connection(line.there, "got_second")), Outcome::kOk,
             "it was sent after the second message");
    t.expect_payload(line.child.call(recv(line.there)), t.item("main", 2));
    const Object got_first{.name = "got_first", .type = ObjectType::kConnection};
    const Object got_second{.name = "got_second", .type = ObjectType::kConnection};
    expect_passes(t, main, x, line.child, got_first, 3, "it was sent first");
    expect_passes(t, main, z, line.child, got_second, 4, "it was sent second");
  });
}};

}  // namespace
}  // namespace psq::conformance
