// spec/simple-queue.md: several getters, closing, and processes that come and go
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

void all_served(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.simple_queue();
  std::vector<Call*> waiting;
  for (const std::string name : {"one", "two"}) {
    const Actor consumer = main.spawn(name, {q});
    for (const std::string thread : {"left", "right"})
      waiting.push_back(&consumer.start(get(q).by(thread)));
  }
  for (Call* each : waiting) t.expect_waits(*each, "for an item");
  const auto count = static_cast<std::int64_t>(waiting.size());
  for (std::int64_t i = 0; i < count; ++i) main.ok(put(q, t.item("main", i)));
  std::vector<Obtained> obtained;
  for (Call* each : waiting)
    obtained.push_back({.by = each->process, .answers = {t.finish(*each)}});
  expect_exactly_once(t, {{"main", count}}, obtained);
}

void close_idempotent(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.simple_queue();
  const Actor other = main.spawn("other", {q});
  for (int i = 0; i < 3; ++i) {
    t.expect(main.call(close(q)), Outcome::kOk, "as often as one likes");
    t.expect(main.call(put(q, t.item("main", 0))), Outcome::kClosed, "it stays closed");
  }
  other.ok(put(q, t.item("other", 0)));
  t.expect_payload(other.call(get(q)), t.item("other", 0));
}

void items_remain(Scenario& t, const Request& end) {
  constexpr std::int64_t kItems = 20;
  const Actor main = t.root();
  const Object q = main.simple_queue();
  const Actor producer = main.spawn("producer", {q});
  for (std::int64_t i = 0; i < kItems; ++i) producer.ok(put(q, t.item("producer", i)));
  producer.ok(end);
  t.expect_end(producer);
  const Obtained obtained = all_obtained(t, main.start(get_many(q, kItems)));
  expect_exactly_once(t, {{"producer", kItems}}, {obtained});
  expect_prefix(t, "producer", obtained.answers);
}

void items_remain_after_return(Scenario& t) { items_remain(t, end_by("return")); }
void items_remain_after_exit_now(Scenario& t) { items_remain(t, end_by("exit_now", 0)); }

void later_child(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.simple_queue();
  for (std::int64_t i = 0; i < 3; ++i) main.ok(put(q, t.item("main", i)));
  const Actor child = main.spawn("child", {q});
  t.expect_boolean(child.call(empty(q)), false, "items were put before it was started");
  t.expect_payload(child.call(get(q)), t.item("main", 0));
  t.expect_payload(child.spawn("grandchild", {q}).call(get(q)), t.item("main", 1));
  t.expect_payload(main.call(get(q)), t.item("main", 2));
}

const Tests kTests{
    {{"simple-queue.get.all-served"}, all_served},
    {{"simple-queue.close.idempotent"}, close_idempotent},
    {{"simple-queue.exit.items-remain"}, items_remain_after_return, "return"},
    {{"simple-queue.exit.items-remain"}, items_remain_after_exit_now, "exit_now"},
    {{"simple-queue.put.visible-to-later-child"}, later_child},
};

}  // namespace
}  // namespace psq::conformance
