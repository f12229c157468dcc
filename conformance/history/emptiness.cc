// Where a Queue may be found empty, and what qsize must count.
//
// An item is visible some time after its put, and nothing bounds that time; while another consumer
// is inside get, a get may find nothing. So an `empty` is wrong only where something says that an
// item was visible all the time: its producer ended normally, or joined its flushing thread,
// before; and no other call was inside get. (For strict queues fifo.cc has more to say.)
#include <algorithm>

#include "history/index.h"
#include "history/quiet.h"

namespace psq::history {
namespace {

constexpr const char* kEmptiness = "empty";
constexpr const char* kSizes = "qsize";

/// Whether no other call was inside get at any time within an operation.
class Getters {
 public:
  Getters(const Index& index, std::size_t object) {
    for (const Number number : index.object(object).operations) {
      const auto& get = index.operation(number);
      if (get.op != Operator::kGet) continue;
      invoked_.push_back(get.invoked);
      returned_.push_back(get.returned);
    }
    std::ranges::sort(invoked_);
    std::ranges::sort(returned_);
  }

  [[nodiscard]] bool alone(const Operation& operation) const {
    const auto begun = std::ranges::upper_bound(invoked_, operation.returned) - invoked_.begin();
    const auto ended = std::ranges::lower_bound(returned_, operation.invoked) - returned_.begin();
    return begun - ended == (operation.op == Operator::kGet ? 1 : 0);
  }

 private:
  std::vector<Time> invoked_ = {};
  std::vector<Time> returned_ = {};
};

/// When each item can be seen for certain, up to the get that obtained it.
class Visible {
 public:
  Visible(const Index& index, std::size_t object, const Users& users) {
    for (const Number value : index.object(object).values) {
      const auto& life = index.life(value);
      if (!life.surely_put()) continue;
      const auto& put = index.operation(life.put);
      const auto flushed = users.flushed(put.process);
      if (flushed == kNever || put.returned > flushed || users.may_drop(put)) continue;
      if (flushed < life.get_invoked) seen_.push_back({flushed, life.get_invoked, value});
    }
    std::ranges::sort(seen_);
  }

  /// An item that was there from before `from` until after `to`.
  [[nodiscard]] Number throughout(Time from, Time to) const {
    for (const auto& [begin, end, value] : seen_) {
      if (begin >= from) break;
      if (end > to) return value;
    }
    return kNoNumber;
  }

 private:
  struct Seen {
    Time begin;
    Time end;
    Number value;
    friend auto operator<=>(const Seen&, const Seen&) = default;
  };
  std::vector<Seen> seen_ = {};
};

std::string clause_of(const Index& index, const Operation& operation) {
  if (operation.op == Operator::kEmpty) return "queue.empty.at-rest";
  return operation.timeout > 0 ? "queue.get.item-within-timeout"
                               : std::string{index.page(operation.object)} + ".exit.flushes";
}

std::optional<Finding> find_false_empty(const Index& index, std::size_t object) {
  const Quiet quiet{index, object};
  const Visible visible{index, object, quiet.users()};
  const Getters getters{index, object};
  for (const Number number : index.object(object).operations) {
    const auto& operation = index.operation(number);
    const bool get = operation.op == Operator::kGet && operation.result == Result::kEmpty;
    const bool asked =
        operation.op == Operator::kEmpty && operation.result == Result::kOk && operation.answer;
    if ((!get && !asked) || quiet.users().first_kill() <= operation.returned) continue;
    if (get ? !getters.alone(operation) : !quiet.alone(operation)) continue;
    const Number value = visible.throughout(operation.invoked, operation.returned);
    if (value == kNoNumber) continue;
    return violated(kEmptiness, clause_of(index, operation),
                    "the queue was found empty while no other get was in progress, and " +
                        index.name(value) + " was visible all the time: its producer had flushed",
                    {index.life(value).put, number});
  }
  return std::nullopt;
}

std::optional<Finding> find_false_item(const Index& index, std::size_t object) {
  std::optional<Quiet> quiet;
  for (const Number number : index.object(object).operations) {
    const auto& asked = index.operation(number);
    if (asked.op != Operator::kEmpty || asked.result != Result::kOk || asked.answer) continue;
    if (!quiet) quiet.emplace(index, object);
    if (quiet->items(asked) != 0 || !quiet->alone(asked)) continue;
    const auto page = std::string{index.page(object)};
    return violated(kEmptiness,
                    is_buffered(index.kind(object)) ? "queue.empty.at-rest" : page + ".empty.exact",
                    "empty answered false while the queue was quiet and held nothing", {number});
  }
  return std::nullopt;
}

}  // namespace

Finding emptiness(const Index& index) {
  if (auto finding = undistinct(index, kEmptiness)) return *finding;
  for (std::size_t object = 0; object < index.history().objects.size(); ++object) {
    if (is_buffered(index.kind(object))) {
      if (auto finding = find_false_empty(index, object)) return *finding;
    }
    if (auto finding = find_false_item(index, object)) return *finding;
  }
  return {.checker = kEmptiness};
}

Finding sizes(const Index& index) {
  for (std::size_t object = 0; object < index.history().objects.size(); ++object) {
    std::optional<Quiet> quiet;
    for (const Number number : index.object(object).operations) {
      const auto& asked = index.operation(number);
      if (asked.op != Operator::kQsize || asked.result != Result::kOk) continue;
      if (!quiet) quiet.emplace(index, object);
      const auto items = quiet->items(asked);
      if (!items || *items == asked.value || !quiet->alone(asked)) continue;
      const bool managed = index.kind(object) == ObjectKind::kManagerQueue;
      return violated(kSizes, managed ? "manager.qsize.exact" : "queue.qsize.counts-slots",
                      "qsize answered " + std::to_string(asked.value) +
                          " while the queue was quiet and held " + std::to_string(*items),
                      {number});
    }
  }
  return {.checker = kSizes};
}

Finding check_empty(const History& history) { return emptiness(Index{history}); }
Finding check_qsize(const History& history) { return sizes(Index{history}); }

}  // namespace psq::history
