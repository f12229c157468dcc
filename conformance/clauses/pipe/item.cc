// spec/pipe.md, pipe.item.*
#include "clauses/shared/items.h"
#include "clauses/shared/scale.h"
#include "clauses/shared/serializing.h"
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

const Tests kItemTests{[](const Define& test) {
  test("pipe.item.sizes-intact", [](Scenario& t) {
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
  });

  test("pipe.item.sizes-intact/with-header", [](Scenario& t) {
    const Actor main = t.root();
    const auto [receiver, sender] = main.pipe(false);
    const Actor child = main.spawn("child", {sender});
    framed_sizes_intact(
        t, child, [from = sender](const Item& item) { return send(from, item); }, recv(receiver));
  });

  test("pipe.item.sizes-intact/huge", [](Scenario& t) {
    const Actor main = t.root();
    const auto [receiver, sender] = main.pipe(false);
    const Actor child = main.spawn("child", {sender});
    const Item item = t.item("child", 0, 64 << 20);
    Call& sending = child.start(send(sender, item));
    t.expect_payload(main.call(recv(receiver)), item);
    t.expect(t.finish(sending), Outcome::kOk, "the other end was read");
  });

  test("pipe.item.values-equal", [](Scenario& t) {
    t.needs_option("json");
    const Actor main = t.root();
    const auto [left, right] = main.pipe(true);
    const Actor child = main.spawn("child", {right});
    for (const std::string text :
         {"null", "true", "false", "0", "-1", "9007199254740993", "0.5", "-1e300", "\"\"",
          "\"text\"", "\"\\u0000 \\u00e9 \\u6f22 \\ud83d\\ude00\"", "[]", "{}",
          "[1,[2,[3,[]]],{\"a\":null}]",
          "{\"nested\":{\"list\":[true,1.25,\"x\"],\"empty\":{}}}"}) {
      child.ok(send(right, Json{text}));
      t.expect_payload(main.call(recv(left)), Json{text});
    }
  });

  test.thorough()("pipe.item.sizes-intact/beyond-2-gib", [](Scenario& t) {
    const auto [receiver, sender] = t.root().pipe(false);
    const Actor child = t.root().spawn("child", {sender});
    item_beyond_2_gib(
        t, child, [&, end = sender](const Item& item) { return send(end, item); }, t.root(),
        recv(receiver));
  });

  test.thorough()("pipe.item.sizes-intact/bytes-beyond-2-gib", [](Scenario& t) {
    const auto [receiver, sender] = t.root().pipe(true);
    const Actor child = t.root().spawn("child", {sender});
    item_beyond_2_gib(
        t, child, [&, end = sender](const Item& item) { return send_bytes(end, item); }, t.root(),
        recv_bytes(receiver));
  });

  test("pipe.item.any-error", [](Scenario& t) {
    for (const char* at : {"serialize", "deserialize"})
      t.needs_option("item.fail_" + std::string{at});
    const Actor main = t.root();
    const auto [a, b] = main.pipe(true);
    std::int64_t seq = 0;
    for (const std::string& failure : odd_failures(t)) {
      t.expect_one_of(main.call(send(a, oddly_failing_item(t, failure, "serialize"))),
                      {Outcome::kNotSerializable, Outcome::kRaised}, "it was asked to fail");
      main.ok(send(a, t.item("main", ++seq)));
      t.expect_payload(main.call(recv(b)), t.item("main", seq));
      main.ok(send(a, oddly_failing_item(t, failure, "deserialize")));
      t.expect_one_of(main.call(recv(b)), {Outcome::kNotDeserializable, Outcome::kRaised},
                      "it was asked to fail");
      main.ok(send(a, t.item("main", ++seq)));
      t.expect_payload(main.call(recv(b)), t.item("main", seq));
    }
  });

  test("pipe.item.changed-object-anew", [](Scenario& t) {
    const auto [a, b] = t.root().pipe(true);
    const Object from = a;
    changed_object_comes_anew(
        t, [&](const Item& item) { return send(from, item); }, recv(b));
  });
}};

}  // namespace
}  // namespace psq::conformance
