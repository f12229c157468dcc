// spec/failure.md, failure.robust.*
#include "clauses/failure/crash_points.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

constexpr auto kGoOn = "failure.robust.goes-on";
constexpr auto kSecond = "failure.robust.within-a-second";
constexpr auto kSlots = "failure.robust.slots-return";
constexpr auto kTasks = "failure.robust.tasks-return";
constexpr auto kMustEnd = 4s;

void expect_joins(Scenario& t, const Aftermath& found, bool task_is_left) {
  t.expect_true(found.joins.empty() || found.joins == (task_is_left ? "waits for ever" : "returns"),
                task_is_left ? "join waits for the task of the item that the dead obtained"
                             : "join returns: what was never obtained is no task",
                found.in_words());
}

void expect_prompt_survivors(Scenario& t, const Aftermath& found) {
  const Nanoseconds bound = kSurvivorTimeout + t.patient(1s);
  const std::string expected = "each call ends within " + human(t.patient(1s)) + " of its timeout";
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

const Tests kRobustTests{[](const Define& test) {
  for (const CrashPoint& point : crash_points()) {
    test(kGoOn + ("/" + point.name()), {kSlots, kTasks, kSecond},
         [point](Scenario& t) { survivors_of_kill(t, point); });
  }
}};

}  // namespace
}  // namespace psq::conformance
