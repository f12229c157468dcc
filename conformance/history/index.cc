#include "history/index.h"

#include "history/vocabulary_names.h"

namespace psq::history {

Index::Index(const History& history)
    : history_(history), lives_(history.values.size()), objects_(history.objects.size()) {
  const auto count = static_cast<Number>(history.operations.size());
  if (objects_.size() == 1) objects_[0].operations.reserve(count);
  for (Number number = 0; number < count; ++number) {
    const auto& operation = history.operations[number];
    objects_[operation.object].operations.push_back(number);
    if (operation.op == Operator::kPut) add_put(number);
  }
  // Only now is it known what was put.
  for (Number number = 0; number < count; ++number) {
    if (history.operations[number].op == Operator::kGet) add_get(number);
  }
}

void Index::add_put(Number number) {
  const auto& put = operation(number);
  if (put.value < 0 || effect_of(put.result) == Effect::kNo) return;
  auto& life = lives_[static_cast<std::size_t>(put.value)];
  if (life.put != kNoNumber) {
    if (!put_twice_) put_twice_ = {life.put, number};
    return;
  }
  life.put = number;
  life.put_invoked = put.invoked;
  life.put_returned = put.result == Result::kOk ? put.returned : kNever;
  objects_[put.object].values.push_back(static_cast<Number>(put.value));
}

void Index::add_get(Number number) {
  const auto& get = operation(number);
  auto& object = objects_[get.object];
  if (get.result == Result::kPending) object.pending_gets.push_back(number);
  if (get.result != Result::kPending && effect_of(get.result) == Effect::kUnknown) {
    object.doubtful_gets.push_back(number);
  }
  if (get.result != Result::kOk) return;
  Life* life = get.value < 0 ? nullptr : &lives_[static_cast<std::size_t>(get.value)];
  if (life == nullptr || life->put == kNoNumber || operation(life->put).object != get.object) {
    object.strays.push_back(number);
  } else if (life->get != kNoNumber) {
    object.repeats.push_back(number);
  } else {
    life->get = number;
    life->get_invoked = get.invoked;
    life->get_returned = get.returned;
  }
}

std::string Index::name(Number value) const {
  const auto& item = history_.values[value];
  return "item " + history_.producers[item.producer] + "#" + std::to_string(item.seq);
}

std::string_view Index::page(std::size_t object) const {
  switch (kind(object)) {
    case ObjectKind::kQueue:
      return "queue";
    case ObjectKind::kJoinableQueue:
      return "joinable-queue";
    case ObjectKind::kSimpleQueue:
      return "simple-queue";
    case ObjectKind::kPipe:
      return "pipe";
    case ObjectKind::kManagerQueue:
      break;
  }
  return "manager";
}

bool is_buffered(ObjectKind kind) {
  return kind == ObjectKind::kQueue || kind == ObjectKind::kJoinableQueue;
}

bool is_strict(ObjectKind kind) { return !is_buffered(kind); }

bool counts_tasks(ObjectKind kind) {
  return kind == ObjectKind::kJoinableQueue || kind == ObjectKind::kManagerQueue;
}

Finding violated(std::string checker, std::string clause, std::string why,
                 const std::vector<Number>& witness) {
  return {Judgment::kViolated,
          std::move(checker),
          std::move(clause),
          std::move(why),
          {witness.begin(), witness.end()}};
}

Finding unknown(std::string checker, std::string why, const std::vector<Number>& witness) {
  return {
      Judgment::kUnknown, std::move(checker), {}, std::move(why), {witness.begin(), witness.end()}};
}

std::optional<Finding> undistinct(const Index& index, const char* checker) {
  if (!index.put_twice()) return std::nullopt;
  const auto [first, second] = *index.put_twice();
  const auto value = static_cast<Number>(index.operation(first).value);
  return unknown(checker,
                 index.name(value) + " was put twice: items must be told apart to be judged",
                 {first, second});
}

}  // namespace psq::history
