// spec/pipe.md: several processes hold copies of one end
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

void close_local(Scenario& t) {
  const Actor main = t.root();
  const auto [left, right] = main.pipe(true);
  const Actor one = main.spawn("one", {right});
  const Actor other = main.spawn("other", {right});
  one.ok(close(right));
  t.expect_boolean(one.call(attribute(right, "closed")), true, "it closed the end");
  for (const Actor& holder : {main, other}) {
    t.expect_boolean(holder.call(attribute(right, "closed")), false, "another process closed it");
    t.expect(holder.call(send(right, t.item(holder.name(), 0))), Outcome::kOk,
             "another process closed it");
    t.expect_payload(main.call(recv(left)), t.item(holder.name(), 0));
    main.ok(send(left, t.item("main", 1)));
    t.expect_payload(holder.call(recv(right)), t.item("main", 1));
  }
}

void end_of_stream_last_copy(Scenario& t) {
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
    last.ok(end_by("return"));
    t.expect(t.finish(at_end), Outcome::kEndOfStream, "the last copy went with its process");
  }
}

void broken_pipe_last_copy(Scenario& t) {
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
    last.ok(end_by("return"));
    t.expect_end(last);
    t.expect(main.call(send(sender, t.item("main", 1))), Outcome::kBrokenPipe,
             "the last copy went with its process");
  }
}

const Tests kTests{
    {{"pipe.close.local"}, close_local},
    {{"pipe.recv.end-of-stream-last-copy"}, end_of_stream_last_copy},
    {{"pipe.send.broken-pipe-last-copy"}, broken_pipe_last_copy},
};

}  // namespace
}  // namespace psq::conformance
