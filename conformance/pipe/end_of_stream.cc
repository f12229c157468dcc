// spec/pipe.md: what remains when the other end is gone
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Bytes kHello{"68656c6c6f"};

void pending_first(Scenario& t) {
  const Actor main = t.root();
  for (const bool is_duplex : {false, true}) {
    const std::string suffix = is_duplex ? "2" : "1";
    const auto [receiver, sender] = main.pipe(is_duplex, "a" + suffix, "b" + suffix);
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
}

void waiting_receiver(Scenario& t) {
  const Actor main = t.root();
  const auto [receiver, sender] = main.pipe(false);
  const Actor child = main.spawn("child", {receiver});
  Call& waiting = child.start(recv(receiver));
  t.expect_waits(waiting, "for a message");
  const Answer closed = main.ok(close(sender));
  const Answer done = t.finish(waiting);
  t.expect(done, Outcome::kEndOfStream, "the last sender is gone");
  t.expect_after(done, closed);
}

void repeats(Scenario& t) {
  const Actor main = t.root();
  const auto [receiver, sender] = main.pipe(false);
  main.ok(close(sender));
  for (int i = 0; i < 3; ++i) {
    t.expect_prompt(0ms, [&] {
      const Answer answer = main.call(recv(receiver));
      t.expect(answer, Outcome::kEndOfStream, "and again");
      return answer;
    });
  }
}

void broken_pipe(Scenario& t) {
  const Actor main = t.root();
  for (const bool is_duplex : {false, true}) {
    const std::string suffix = is_duplex ? "2" : "1";
    const auto [receiver, sender] = main.pipe(is_duplex, "a" + suffix, "b" + suffix);
    main.ok(close(receiver));
    t.expect(main.call(send(sender, t.item("main", 0))), Outcome::kBrokenPipe,
             "there is no receiver");
    t.expect(main.call(send_bytes(sender, kHello)), Outcome::kBrokenPipe, "there is no receiver");
  }
}

const Tests kTests{
    {{"pipe.recv.pending-then-end-of-stream"}, pending_first},
    {{"pipe.recv.pending-then-end-of-stream"}, waiting_receiver, "waiting"},
    {{"pipe.recv.end-of-stream-repeats"}, repeats},
    {{"pipe.send.broken-pipe"}, broken_pipe},
};

}  // namespace
}  // namespace psq::conformance
