// Nothing invented, nothing duplicated, nothing lost.

#include "history/index.h"
#include "history/vocabulary_names.h"

namespace psq::history {
namespace {

constexpr const char* kInvented = "nothing-invented";
constexpr const char* kDuplicated = "nothing-duplicated";

std::string page_clause(const Index& index, std::size_t object, std::string_view rest) {
  return std::string{index.page(object)} + std::string{rest};
}

std::string exactly_once(const Index& index, std::size_t object) {
  if (index.kind(object) == ObjectKind::kPipe) return "pipe.order.messages";
  return page_clause(index, object, ".get.exactly-once");
}

std::string whole(const Index& index, std::size_t object) {
  if (index.kind(object) == ObjectKind::kManagerQueue) return "manager.item.arrives-equal";
  return page_clause(index, object, ".item.sizes-intact");
}

/// The put of that value into that object which had no effect, if there was one.
Number failed_put(const Index& index, std::size_t object, std::int64_t value) {
  for (const Number number : index.object(object).operations) {
    const auto& operation = index.operation(number);
    if (operation.op == Operator::kPut && operation.value == value) return number;
  }
  return kNoNumber;
}

std::string no_effect(const Index& index, std::size_t object, Result result) {
  if (result != Result::kFull) return exactly_once(index, object);
  const bool managed = index.kind(object) == ObjectKind::kManagerQueue;
  return managed ? "manager.put.full-leaves-no-trace" : "queue.put.full-leaves-no-trace";
}

Finding stray(const Index& index, std::size_t object, Number get) {
  const auto value = index.operation(get).value;
  if (value < 0) {
    return violated(kInvented, exactly_once(index, object),
                    "a get obtained what is no item that any call put", {get});
  }
  const auto name = index.name(static_cast<Number>(value));
  const Number put = failed_put(index, object, value);
  if (put == kNoNumber) {
    return violated(kInvented, exactly_once(index, object),
                    name + " was obtained, and no call put it there", {get});
  }
  const auto result = index.operation(put).result;
  return violated(kInvented, no_effect(index, object, result),
                  name + " was obtained though its put ended as " + std::string{to_string(result)},
                  {put, get});
}

std::optional<Finding> broken(const Index& index, std::size_t object) {
  for (const Number number : index.object(object).operations) {
    const auto& get = index.operation(number);
    if (get.op != Operator::kGet || get.result != Result::kOk || get.intact) continue;
    const auto name = get.value < 0 ? "an item" : index.name(static_cast<Number>(get.value));
    return violated(kInvented, whole(index, object), name + " was obtained, but not whole",
                    {number});
  }
  return std::nullopt;
}

}  // namespace

Finding nothing_invented(const Index& index) {
  for (std::size_t object = 0; object < index.history().objects.size(); ++object) {
    const auto& here = index.object(object);
    if (!here.strays.empty()) return stray(index, object, here.strays[0]);
    if (auto finding = broken(index, object)) return *finding;
    for (const Number value : here.values) {
      const auto& life = index.life(value);
      if (life.get_returned >= life.put_invoked) continue;
      return violated(kInvented, exactly_once(index, object),
                      index.name(value) + " was obtained before it was put", {life.put, life.get});
    }
  }
  return {.checker = kInvented};
}

Finding nothing_duplicated(const Index& index) {
  for (std::size_t object = 0; object < index.history().objects.size(); ++object) {
    for (const Number again : index.object(object).repeats) {
      const auto value = static_cast<Number>(index.operation(again).value);
      const auto& life = index.life(value);
      // A value that was put twice may well be obtained twice.
      if (auto finding = undistinct(index, kDuplicated)) return *finding;
      return violated(kDuplicated, exactly_once(index, object),
                      index.name(value) + " was obtained twice", {life.put, life.get, again});
    }
  }
  return {.checker = kDuplicated};
}

Finding check_nothing_invented(const History& history) { return nothing_invented(Index{history}); }
Finding check_nothing_duplicated(const History& history) {
  return nothing_duplicated(Index{history});
}

}  // namespace psq::history
