// spec/pipe.md: who may do what, and what an end says of itself
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Bytes kHello{"68656c6c6f"};

void one_way(Scenario& t) {
  const Actor main = t.root();
  const auto [receiver, sender] = main.pipe(false);
  main.ok(send(sender, t.item("main", 0)));
  t.expect_payload(main.call(recv(receiver)), t.item("main", 0));
}

void duplex(Scenario& t) {
  const Actor main = t.root();
  const auto [left, right] = main.pipe(true);
  main.ok(send(left, t.item("left", 0)));
  t.expect_boolean(main.call(poll(left)), false, "what an end sends does not come back to it");
  main.ok(send(right, t.item("right", 0)));
  t.expect_payload(main.call(recv(right)), t.item("left", 0));
  t.expect_payload(main.call(recv(left)), t.item("right", 0));
}

void send_wrong_direction(Scenario& t) {
  const Actor main = t.root();
  const auto [receiver, sender] = main.pipe(false);
  t.expect(main.call(send(receiver, t.item("main", 0))), Outcome::kWrongDirection,
           "it only receives");
  t.expect(main.call(send_bytes(receiver, kHello)), Outcome::kWrongDirection, "it only receives");
  t.expect_boolean(main.call(poll(receiver)), false, "nothing was sent");
  main.ok(send(sender, t.item("main", 1)));
  t.expect_payload(main.call(recv(receiver)), t.item("main", 1));
}

void recv_wrong_direction(Scenario& t) {
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
}

void operations_closed(Scenario& t) {
  const Actor main = t.root();
  const auto [left, right] = main.pipe(true);
  main.ok(send(right, t.item("main", 0)));
  main.ok(close(left));
  for (const Request& request :
       {send(left, t.item("main", 1)), recv(left), send_bytes(left, kHello), recv_bytes(left),
        recv_bytes_into(left, 16), poll(left)}) {
    t.expect_prompt(0ms, [&] {
      const Answer answer = main.call(request);
      t.expect(answer, Outcome::kClosed, "this process closed it");
      return answer;
    });
  }
}

// Closed here goes before everything else that could be said of the end.
void operations_closed_first(Scenario& t) {
  const Actor main = t.root();
  const auto [receiver, sender] = main.pipe(false);
  for (const Object& end : {receiver, sender}) main.ok(close(end));
  for (const Request& request :
       {send(receiver, t.item("main", 0)), recv(receiver), recv_bytes(receiver, -1), poll(receiver),
        send(sender, t.item("main", 0)), send_bytes(sender, kHello, 6), recv(sender),
        recv_bytes_into(sender, 16, 17), poll(sender)}) {
    t.expect(main.call(request), Outcome::kClosed, "this process closed it");
  }
}

void close_idempotent(Scenario& t) {
  const Actor main = t.root();
  const auto [left, right] = main.pipe(true);
  for (int i = 0; i < 3; ++i) t.expect(main.call(close(left)), Outcome::kOk, "close again");
  t.expect_boolean(main.call(attribute(left, "closed")), true, "still closed");
  t.expect_boolean(main.call(attribute(right, "closed")), false,
                   "the other end is not closed by that");
}

// A pipe made after the first close may have what the closed end had.
void close_again_harms_nobody(Scenario& t) {
  const Actor main = t.root();
  for (const bool is_duplex : {false, true}) {
    const std::string suffix = is_duplex ? "2" : "1";
    const Object closed = main.pipe(is_duplex, "a" + suffix, "b" + suffix).first;
    main.ok(close(closed));
    const auto [receiver, sender] = main.pipe(is_duplex, "c" + suffix, "d" + suffix);
    t.expect(main.call(close(closed)), Outcome::kOk, "close again");
    t.expect(main.call(send(sender, t.item("main", 0))), Outcome::kOk, "nobody closed it");
    t.expect_payload(main.call(recv(receiver)), t.item("main", 0));
  }
}

void expect_open(Scenario& t, const Actor& actor, const Object& end, bool readable, bool writable) {
  t.expect_boolean(actor.call(attribute(end, "readable")), readable, "whether it receives");
  t.expect_boolean(actor.call(attribute(end, "writable")), writable, "whether it sends");
  t.expect_boolean(actor.call(attribute(end, "closed")), false, "it is open");
}

void attributes(Scenario& t) {
  const Actor main = t.root();
  const auto [receiver, sender] = main.pipe(false, "receiver", "sender");
  const auto [left, right] = main.pipe(true, "left", "right");
  const Actor child = main.spawn("child", {receiver, sender, left, right});
  for (const Actor& actor : {main, child}) {
    expect_open(t, actor, receiver, true, false);
    expect_open(t, actor, sender, false, true);
    expect_open(t, actor, left, true, true);
    expect_open(t, actor, right, true, true);
    for (const Object& end : {receiver, sender, left, right}) {
      actor.ok(close(end));
      t.expect_boolean(actor.call(attribute(end, "closed")), true, "it was closed");
    }
  }
}

void attributes_after_close(Scenario& t) {
  const Actor main = t.root();
  const Object receiver = main.pipe(false).first;
  main.ok(close(receiver));
  std::string seen;
  for (const std::string name : {"readable", "writable"}) {
    const Answer answer = main.call(attribute(receiver, name));
    t.expect_one_of(answer, {Outcome::kOk, Outcome::kClosed}, "an answer, or closed");
    seen += (seen.empty() ? "" : ", ") + name + ": " + describe(answer);
  }
  t.observe("pipe.attributes.after-close", seen);
}

const Tests kTests{
    {{"pipe.create.one-way"}, one_way},
    {{"pipe.create.duplex"}, duplex},
    {{"pipe.send.wrong-direction"}, send_wrong_direction},
    {{"pipe.recv.wrong-direction"}, recv_wrong_direction},
    {{"pipe.close.operations-closed"}, operations_closed},
    {{"pipe.close.operations-closed"}, operations_closed_first, "first"},
    {{"pipe.close.idempotent"}, close_idempotent},
    {{"pipe.close.idempotent"}, close_again_harms_nobody, "harmless"},
    {{"pipe.attributes"}, attributes},
    {{"pipe.attributes.after-close"}, attributes_after_close},
};

}  // namespace
}  // namespace psq::conformance
