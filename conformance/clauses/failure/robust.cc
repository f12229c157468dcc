// spec/failure.md, failure.robust.*
#include "clauses/failure/crash_points.h"
#include "suite/flow.h"
#include "suite/kinds.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

constexpr auto kGoOn = "failure.robust.goes-on";
constexpr auto kSecond = "failure.robust.within-a-second";
constexpr auto kSlots = "failure.robust.slots-return";
constexpr auto kTasks = "failure.robust.tasks-return";
constexpr auto kStopDelaysNone = "failure.robust.stop-delays-none";
constexpr auto kMustEnd = 4s;
constexpr std::int64_t kOthersItems = 5;

void expect_joins(Scenario& t, const Aftermath& found, bool task_is_left) {
  t.expect_true(found.joins.empty() || found.joins == (task_is_left ? "waits for ever" : "returns"),
                task_is_left ? "join waits for the task of the item that the dead obtained"
                             : "join returns: what was never obtained is no task",
                found.in_words());
}

void expect_prompt_survivors(Scenario& t, const Aftermath& found) {
  // The law's second is not scaled: what the machine withholds, the fair clock leaves out.
  const Nanoseconds bound = t.patient(kSurvivorTimeout) + 1s + t.lateness();
  const std::string expected = "each call ends within a second of its timeout";
  const std::string saw =
      human(found.slowest) + ", of which " + human(found.slowest_fairly) + " were the driver's";
  t.expect_true(found.slowest_fairly <= bound, expected, saw);
  if (found.slowest > bound)
    throw Inconclusive{expected + ", on a machine that is too slow; " + saw};
}

void survivors_of_kill(Scenario& t, const CrashPoint& point) {
  const Aftermath found = after(t, point, Interruption::kKill, kMustEnd);
  for_clause(kGoOn, [&] { t.expect_true(found.all_go_on(), "survivors go on", found.in_words()); });
  for_clause(kSlots, [&] {
    t.expect_true(found.slots_gone == 0, "every slot comes back", found.in_words());
  });
  for_clause(kTasks, [&] { expect_joins(t, found, point.task_is_left); });
  for_clause(kSecond, [&] { expect_prompt_survivors(t, found); });
}

// What may happen to a call that waits in a stopped process: a queue that keeps such calls itself
// may give it an item, or take its item.
struct Stopped {
  std::string name;
  int takes = 0;
  int gives = 0;
};

// Obtains the next item of the root process; an item of the stopped one may come before it.
Answer next_of_root(Scenario& t, const Object& q, const Actor& getter, Stopped& stopped) {
  while (true) {
    const Answer& answer = t.finish(getter.start(get(q)));
    t.expect(answer, Outcome::kOk, "an item is there, or another process puts one");
    const Item* item = answer.item();
    if (item == nullptr || item->from != stopped.name || stopped.gives-- <= 0) return answer;
    t.expect_true(answer.value.intact, "an intact item", "bytes that were changed", answer);
  }
}

void expect_others_go_on(Scenario& t, const Object& q, Stopped stopped) {
  const Actor main = t.root();
  const Actor third = main.spawn("third", {q});
  const std::int64_t ahead = stopped.takes;
  for (std::int64_t i = 0; i < ahead; ++i) main.ok(put(q, t.item("main", i)));
  std::int64_t next = 0;
  for (std::int64_t i = ahead; i < ahead + kOthersItems; ++i) {
    Call& putting = main.start(put(q, t.item("main", i)));
    const Answer answer = next_of_root(t, q, third, stopped);
    if (answer.item() != nullptr && answer.item()->seq == next + 1 && stopped.takes-- > 0) ++next;
    t.expect_payload(answer, t.item("main", next++));
    t.expect(t.finish(putting), Outcome::kOk, "the process that waits is stopped, not in the way");
  }
}

void getter_is_stopped(Scenario& t, QueueKind kind) {
  const Actor main = t.root();
  const Object q = make(main, kind);
  const Actor getter = main.spawn("getter", {q});
  t.expect_waits(getter.start(get(q)), "for an item");
  t.stop(getter);
  expect_others_go_on(t, q, {.name = "getter", .takes = 1});
}

void putter_is_stopped(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue(1);
  main.ok(put(q, t.item("first", 0)));
  const Actor putter = main.spawn("putter", {q});
  t.expect_waits(putter.start(put(q, t.item("putter", 0))), "for a slot");
  t.stop(putter);
  t.expect_payload(main.call(get(q)), t.item("first", 0));
  expect_others_go_on(t, q, {.name = "putter", .gives = 1});
}

// What it has put before is obtained first.
void writer_is_stopped(Scenario& t) {
  constexpr std::int64_t kMost = 500;
  const Actor main = t.root();
  const Object q = main.simple_queue();
  const Actor writer = main.spawn("writer", {q});
  Call& writing = writer.start(put_many(t, q, "writer", kMost, 4000));
  if (!t.comes_to_wait(writing)) return;  // a queue without a bound
  t.stop(writer);
  Call& putting = main.spawn("other", {q}).start(put(q, t.item("other", 0)));
  for (std::int64_t i = 0;; ++i) {
    const Answer& answer = t.finish(main.start(get(q)));
    t.expect(answer, Outcome::kOk, "an item is there, or another process puts one");
    if (answer.item() == nullptr || answer.item()->from != "writer") {
      t.expect_payload(answer, t.item("other", 0));
      break;
    }
    t.expect_payload(answer, t.item("writer", i, 4000));
  }
  t.expect(t.finish(putting), Outcome::kOk, "a get made room");
  expect_others_go_on(t, q, {.name = "writer", .gives = 1});
}

const Tests kRobustTests{[](const Define& test) {
  test(kStopDelaysNone + std::string{"/getter"},
       [](Scenario& t) { getter_is_stopped(t, QueueKind::kQueue); });
  test(kStopDelaysNone + std::string{"/simple-getter"},
       [](Scenario& t) { getter_is_stopped(t, QueueKind::kSimple); });
  test(kStopDelaysNone + std::string{"/putter"}, putter_is_stopped);
  test(kStopDelaysNone + std::string{"/writer"}, writer_is_stopped);
  for (const CrashPoint& point : crash_points()) {
    test(kGoOn + ("/" + point.name()), {kSlots, kTasks, kSecond},
         [point](Scenario& t) { survivors_of_kill(t, point); });
  }
}};

}  // namespace
}  // namespace psq::conformance
