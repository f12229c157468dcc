// spec/pipe.md: what remains when the other end is gone
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Bytes kHello{"68656c6c6f"};

void pending_first(Scenario& t) {
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
}

void other_end_left_unread(Scenario& t) {
  const Actor main = t.root();
  const auto [left, right] = main.pipe(true);
  main.ok(send(left, t.item("unread", 0)));
  for (std::int64_t i = 0; i < 2; ++i) main.ok(send(right, t.item("right", i)));
  main.ok(close(right));
  for (std::int64_t i = 0; i < 2; ++i) t.expect_payload(main.call(recv(left)), t.item("right", i));
  t.expect_one_of(main.call(recv(left)), {Outcome::kEndOfStream, Outcome::kConnectionReset},
                  "the other end is gone and left something unread");
  for (int i = 0; i < 2; ++i)
    t.expect(main.call(recv(left)), Outcome::kEndOfStream, "a reset is reported once");
}

// The writer is killed while most of its message is still to be written.
void cut_message(Scenario& t) {
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
      t.expect_waits(cut, "for room in the pipe");
      t.kill(writer);
      t.expect_payload(main.call(recv(receiver)), t.item("writer", 0));
      t.expect_one_of(main.call(how == "value"   ? recv(receiver)
                                : how == "bytes" ? recv_bytes(receiver)
                                                 : recv_bytes_into(receiver, kSize)),
                      {Outcome::kCorrupted, Outcome::kEndOfStream}, "the message is cut short");
      t.expect(main.call(recv(receiver)), Outcome::kEndOfStream, "nothing more comes");
    }
  }
}

void broken_pipe(Scenario& t) {
  const Actor main = t.root();
  for (const bool is_duplex : {false, true}) {
    const auto [receiver, sender] = pipe_of(main, is_duplex);
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
    {{"pipe.recv.other-end-left-unread"}, other_end_left_unread},
    {{"pipe.recv.cut-message"}, cut_message},
    {{"pipe.send.broken-pipe"}, broken_pipe},
};

}  // namespace
}  // namespace psq::conformance
