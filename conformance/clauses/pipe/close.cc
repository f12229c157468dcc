// spec/pipe.md, pipe.close.*
#include "clauses/pipe/support.h"
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Tests kCloseTests{[](const Define& test) {
  test("pipe.close.operations-closed", [](Scenario& t) {
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
  });

  // Closed here goes before everything else that could be said of the end.
  test("pipe.close.operations-closed/first", [](Scenario& t) {
    const Actor main = t.root();
    const auto [receiver, sender] = main.pipe(false);
    for (const Object& end : {receiver, sender}) main.ok(close(end));
    for (const Request& request :
         {send(receiver, t.item("main", 0)), recv(receiver), recv_bytes(receiver, -1),
          poll(receiver), send(sender, t.item("main", 0)), send_bytes(sender, kHello, 6),
          recv(sender), recv_bytes_into(sender, 16, 17), poll(sender)}) {
      t.expect(main.call(request), Outcome::kClosed, "this process closed it");
    }
  });

  test("pipe.close.idempotent", [](Scenario& t) {
    const Actor main = t.root();
    const auto [left, right] = main.pipe(true);
    for (int i = 0; i < 3; ++i) t.expect(main.call(close(left)), Outcome::kOk, "close again");
    t.expect_boolean(main.call(is_closed(left)), true, "still closed");
    t.expect_boolean(main.call(is_closed(right)), false, "the other end is not closed by that");
  });

  // A pipe made after the first close may have what the closed end had.
  test("pipe.close.idempotent/harmless", [](Scenario& t) {
    const Actor main = t.root();
    for (const bool is_duplex : {false, true}) {
      const std::string suffix = is_duplex ? "2" : "1";
      const Object closed = main.pipe(is_duplex, "a" + suffix, "b" + suffix).first;
      main.ok(close(closed));
      const auto [receiver, sender] = main.pipe(is_duplex, "c" + suffix, "d" + suffix);
      t.expect(main.call(close(closed)), Outcome::kOk, "close again");
      t.expect(main.call(send(sender, t.item("main", 0))), Outcome::kOk, "no process closed it");
      t.expect_payload(main.call(recv(receiver)), t.item("main", 0));
    }
  });

  test("pipe.close.local", [](Scenario& t) {
    const Actor main = t.root();
    const auto [left, right] = main.pipe(true);
    const Actor one = main.spawn("one", {right});
    const Actor other = main.spawn("other", {right});
    one.ok(close(right));
    t.expect_boolean(one.call(is_closed(right)), true, "it closed the end");
    for (const Actor& holder : {main, other}) {
      t.expect_boolean(holder.call(is_closed(right)), false, "another process closed it");
      t.expect(holder.call(send(right, t.item(holder.name(), 0))), Outcome::kOk,
               "another process closed it");
      t.expect_payload(main.call(recv(left)), t.item(holder.name(), 0));
      main.ok(send(left, t.item("main", 1)));
      t.expect_payload(holder.call(recv(right)), t.item("main", 1));
    }
  });
}};

}  // namespace
}  // namespace psq::conformance
