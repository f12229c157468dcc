// The count of unfinished tasks: what task_done may say, and when a join may return.
//
// A put counts its task at some time within its call, and before any call can obtain the item. A
// task_done takes one away at some time within its own call.
#include <algorithm>

#include "history/curve.h"
#include "history/index.h"
#include "history/vocabulary_names.h"

namespace psq::history {
namespace {

constexpr const char* kTasks = "tasks";
constexpr const char* kJoins = "join";

std::string clause_of(const Index& index, std::size_t object, std::string_view rest) {
  return std::string{index.page(object)} + std::string{rest};
}

/// The items that a killed process had put and no call obtained: they may never have been visible,
/// and then their tasks may have ended with it.
bool may_have_died(const Index& index, const Life& life) {
  if (life.get_returned != kNever || life.put == kNoNumber) return false;
  const auto process = index.operation(life.put).process;
  return index.history().processes[process].death == Death::kKilled;
}

/// How many tasks were unfinished at the least.
Curve fewest(const Index& index, std::size_t object) {
  std::vector<Time> counted;
  std::vector<Time> done;
  for (const Number value : index.object(object).values) {
    const auto& life = index.life(value);
    const auto by = std::min(life.put_returned, life.get_returned);
    if (by != kNever && !may_have_died(index, life)) counted.push_back(by);
  }
  for (const Number number : index.object(object).operations) {
    const auto& operation = index.operation(number);
    if (operation.op == Operator::kTaskDone && effect_of(operation.result) != Effect::kNo) {
      done.push_back(operation.invoked);
    }
  }
  const auto preset = index.history().objects[object].unfinished;
  return {preset, 0, std::move(counted), std::move(done)};
}

/// A task_done that went through, by whose return more had done so than tasks can have been put.
std::optional<Finding> find_too_many(const Index& index, std::size_t object) {
  std::vector<Time> puts;
  std::vector<std::pair<Time, Number>> done;
  for (const Number number : index.object(object).operations) {
    const auto& operation = index.operation(number);
    const bool effect = effect_of(operation.result) != Effect::kNo;
    if (operation.op == Operator::kPut && effect) puts.push_back(operation.invoked);
    if (operation.op == Operator::kTaskDone && operation.result == Result::kOk) {
      done.emplace_back(operation.returned, number);
    }
  }
  std::ranges::sort(puts);
  std::ranges::sort(done);
  const auto preset = index.history().objects[object].unfinished;
  for (std::size_t i = 0; i < done.size(); ++i) {
    const auto [returned, number] = done[i];
    const auto tasks = preset + (std::ranges::upper_bound(puts, returned) - puts.begin());
    if (static_cast<std::int64_t>(i) < tasks) continue;
    return violated(kTasks, clause_of(index, object, ".task-done.too-often"),
                    "task_done ended as ok for the " + std::to_string(i + 1) +
                        "th time, and at most " + std::to_string(tasks) + " tasks had been put",
                    {number});
  }
  return std::nullopt;
}

std::optional<Finding> find_refused(const Index& index, std::size_t object) {
  std::optional<Curve> curve;
  for (const Number number : index.object(object).operations) {
    const auto& done = index.operation(number);
    if (done.op != Operator::kTaskDone || done.result != Result::kTaskDoneTooOften) continue;
    if (!curve) curve.emplace(fewest(index, object));
    if (curve->comes_down(done.invoked, done.returned)) continue;
    const bool managed = index.kind(object) == ObjectKind::kManagerQueue;
    return violated(
        kTasks,
        managed ? "manager.task-done.too-often" : "joinable-queue.task-done.at-once-after-get",
        "task_done ended as task_done_too_often, and at every time within it " +
            std::to_string(curve->lowest(done.invoked, done.returned)) +
            " or more tasks were unfinished",
        {number});
  }
  return std::nullopt;
}

/// The put that was counted last before that time.
Number last_counted(const Index& index, std::size_t object, Time before) {
  Number last = kNoNumber;
  Time latest = 0;
  for (const Number value : index.object(object).values) {
    const auto& life = index.life(value);
    const auto by = std::min(life.put_returned, life.get_returned);
    if (by >= before || (last != kNoNumber && by < latest)) continue;
    latest = by;
    last = life.put;
  }
  return last;
}

std::optional<Finding> find_early_join(const Index& index, std::size_t object) {
  std::optional<Curve> curve;
  for (const Number number : index.object(object).operations) {
    const auto& join = index.operation(number);
    if (join.op != Operator::kJoin || join.result != Result::kOk) continue;
    if (!curve) curve.emplace(fewest(index, object));
    if (curve->comes_down(join.invoked, join.returned)) continue;
    std::vector<Number> witness{number};
    const Number put = last_counted(index, object, join.invoked);
    if (put != kNoNumber) witness.insert(witness.begin(), put);
    return violated(kJoins, clause_of(index, object, ".join.waits-for-tasks"),
                    "join returned, and at every time within it " +
                        std::to_string(curve->lowest(join.invoked, join.returned)) +
                        " or more tasks were unfinished",
                    witness);
  }
  return std::nullopt;
}

}  // namespace

Finding tasks(const Index& index) {
  for (std::size_t object = 0; object < index.history().objects.size(); ++object) {
    if (!counts_tasks(index.kind(object))) continue;
    if (auto finding = find_too_many(index, object)) return *finding;
    if (auto finding = find_refused(index, object)) return *finding;
  }
  return {.checker = kTasks};
}

Finding joins(const Index& index) {
  for (std::size_t object = 0; object < index.history().objects.size(); ++object) {
    if (!counts_tasks(index.kind(object))) continue;
    if (auto finding = find_early_join(index, object)) return *finding;
  }
  return {.checker = kJoins};
}

Finding check_tasks(const History& history) { return tasks(Index{history}); }
Finding check_join(const History& history) { return joins(Index{history}); }

}  // namespace psq::history
