// The bound of a queue: never more items than slots, and `full` only where all may be taken.
#include <algorithm>

#include "history/curve.h"
#include "history/index.h"
#include "history/quiet.h"
#include "history/vocabulary_names.h"

namespace psq::history {
namespace {

constexpr const char* kCapacity = "capacity";
constexpr const char* kFullness = "full";

bool has_slots(ObjectKind kind) { return is_buffered(kind) || kind == ObjectKind::kManagerQueue; }

std::string bound_clause(const Index& index, std::size_t object) {
  return std::string{index.page(object)} + ".create.bound";
}

/// A time at which an item surely was in the queue for the first or the last time, or at which a
/// get in progress may have taken one.
struct Event {
  Time time;
  bool put;  // sorted behind what frees a slot at the same time
  Number value;
  friend auto operator<=>(const Event&, const Event&) = default;
};

std::vector<Event> events(const Index& index, std::size_t object) {
  const Users users{index, object};
  std::vector<Event> all;
  for (const Number value : index.object(object).values) {
    const auto& life = index.life(value);
    if (!life.surely_put() || life.put_returned >= life.get_invoked) continue;
    // When the item of a killed process gave its slot back is unknown.
    if (!life.obtained() && users.may_drop(index.operation(life.put))) continue;
    all.push_back({life.put_returned, true, value});
    if (life.obtained()) all.push_back({life.get_invoked, false, value});
  }
  for (const auto* gets :
       {&index.object(object).pending_gets, &index.object(object).doubtful_gets}) {
    for (const Number get : *gets) all.push_back({index.operation(get).invoked, false, kNoNumber});
  }
  std::ranges::sort(all);
  return all;
}

Finding overfull(const Index& index, std::size_t object, std::vector<Number> held,
                 std::int64_t takers) {
  const auto maxsize = index.history().objects[object].maxsize;
  std::string why = std::to_string(held.size()) +
                    " items were in the queue at one time, and its "
                    "bound is " +
                    std::to_string(maxsize);
  if (takers > 0) {
    why += " (gets in progress may have taken " + std::to_string(takers) + ")";
  }
  std::vector<Number> witness;
  for (const Number value : held) witness.push_back(index.life(value).put);
  return violated(kCapacity, bound_clause(index, object), std::move(why), witness);
}

std::optional<Finding> find_overfull(const Index& index, std::size_t object) {
  const auto maxsize = index.history().objects[object].maxsize;
  std::vector<Number> held;
  std::int64_t takers = 0;
  for (const auto& event : events(index, object)) {
    if (event.value == kNoNumber) {
      ++takers;
    } else if (!event.put) {
      std::erase(held, event.value);
    } else {
      held.push_back(event.value);
      if (std::ssize(held) > maxsize + takers) return overfull(index, object, held, takers);
    }
  }
  return std::nullopt;
}

/// How many slots can have been taken at most, with its sign changed: a Curve comes down.
Curve most_taken(const Index& index, std::size_t object) {
  std::vector<Time> freed;
  std::vector<Time> taken;
  for (const Number number : index.object(object).operations) {
    const auto& operation = index.operation(number);
    const bool refused = operation.result == Result::kRefused;
    const bool effect = effect_of(operation.result) != Effect::kNo;
    // What was refused in the end may have held a slot for a while.
    if (operation.op == Operator::kPut && (effect || refused)) taken.push_back(operation.invoked);
    if (operation.op == Operator::kGet && operation.result == Result::kOk) {
      freed.push_back(operation.returned);
    }
  }
  return {0, -index.history().objects[object].maxsize, std::move(freed), std::move(taken)};
}

std::optional<Finding> find_false_full(const Index& index, std::size_t object) {
  const auto maxsize = index.history().objects[object].maxsize;
  std::optional<Curve> curve;
  for (const Number number : index.object(object).operations) {
    const auto& put = index.operation(number);
    if (put.op != Operator::kPut || put.result != Result::kFull) continue;
    if (maxsize <= 0) {
      const bool managed = index.kind(object) == ObjectKind::kManagerQueue;
      return violated(kFullness, managed ? "manager.create.bound" : "queue.create.unbounded",
                      "a queue without a bound was full", {number});
    }
    if (!curve) curve.emplace(most_taken(index, object));
    if (curve->comes_down(put.invoked, put.returned)) continue;
    return violated(kFullness, bound_clause(index, object),
                    "a put ended as full, and at no time within it can more than " +
                        std::to_string(-curve->lowest(put.invoked, put.returned)) + " of the " +
                        std::to_string(maxsize) + " slots have been taken",
                    {number});
  }
  return std::nullopt;
}

std::optional<Finding> find_wrong_answer(const Index& index, std::size_t object) {
  const auto maxsize = index.history().objects[object].maxsize;
  std::optional<Quiet> quiet;
  for (const Number number : index.object(object).operations) {
    const auto& asked = index.operation(number);
    if (asked.op != Operator::kFull || asked.result != Result::kOk) continue;
    if (!quiet) quiet.emplace(index, object);
    const auto items = quiet->items(asked);
    if (!items || !quiet->alone(asked)) continue;
    if (asked.answer == (maxsize > 0 && *items >= maxsize)) continue;
    const bool managed = index.kind(object) == ObjectKind::kManagerQueue;
    return violated(kFullness, managed ? "manager.full.exact" : "queue.full.at-bound",
                    std::string{"full answered "} + (asked.answer ? "true" : "false") +
                        " while the queue was quiet and held " + std::to_string(*items) +
                        " items, its bound being " + std::to_string(maxsize),
                    {number});
  }
  return std::nullopt;
}

}  // namespace

Finding capacity(const Index& index) {
  if (auto finding = undistinct(index, kCapacity)) return *finding;
  for (std::size_t object = 0; object < index.history().objects.size(); ++object) {
    if (!has_slots(index.kind(object)) || index.history().objects[object].maxsize <= 0) continue;
    if (auto finding = find_overfull(index, object)) return *finding;
  }
  return {.checker = kCapacity};
}

Finding fullness(const Index& index) {
  for (std::size_t object = 0; object < index.history().objects.size(); ++object) {
    if (!has_slots(index.kind(object))) continue;
    if (auto finding = find_false_full(index, object)) return *finding;
    if (auto finding = find_wrong_answer(index, object)) return *finding;
  }
  return {.checker = kFullness};
}

Finding check_capacity(const History& history) { return capacity(Index{history}); }
Finding check_full(const History& history) { return fullness(Index{history}); }

}  // namespace psq::history
