// Answers that a strict queue is empty; see fifo.cc for the argument.
#include <algorithm>

#include "history/fifo.h"

namespace psq::history {
namespace {

/// While open (begin, end), something surely is in the queue: value after value, each put before
/// the one before it was taken. At begin and end themselves nothing need be.
struct Cover {
  Time begin;
  Time end;
};

bool says_empty(const Operation& operation) {
  switch (operation.op) {
    case Operator::kGet:
      return operation.result == Result::kEmpty || operation.result == Result::kEndOfStream;
    case Operator::kEmpty:
      return operation.result == Result::kOk && operation.answer;
    case Operator::kPoll:
      return operation.result == Result::kOk && !operation.answer;
    default:
      return false;
  }
}

std::string false_empty_clause(const Index& index, const Operation& operation) {
  switch (index.kind(operation.object)) {
    case ObjectKind::kSimpleQueue:
      return "simple-queue.put.visible-on-return";
    case ObjectKind::kManagerQueue:
      return "manager.put.visible-on-return";
    case ObjectKind::kPipe:
      return operation.op == Operator::kPoll ? "pipe.poll.true-with-message"
                                             : "pipe.recv.pending-then-end-of-stream";
    default:
      return {};
  }
}

class Emptiness {
 public:
  explicit Emptiness(const FifoView& view) : view_(view) {
    for (const Number value : view.order.by_return) {
      const auto& life = view.index.life(value);
      if (life.obtained()) cover(life.put_returned, life.get_invoked);
    }
    for (const auto& covered : covers_) consider(covered.end);
    for (const Time taker : view.takers) consider(taker);
    std::ranges::sort(moments_);
  }

  /// Whether the queue may have been empty at some time in [from, to].
  [[nodiscard]] bool possible(Time from, Time to) const {
    if (possible_at(from)) return true;
    const auto next = std::ranges::lower_bound(moments_, from);
    return next != moments_.end() && *next <= to;
  }

 private:
  void cover(Time begin, Time end) {  // in the order of begin
    if (begin >= end) return;
    if (covers_.empty() || begin >= covers_.back().end) {
      covers_.push_back({begin, end});
    } else {
      covers_.back().end = std::max(covers_.back().end, end);
    }
  }

  [[nodiscard]] bool possible_at(Time time) const {
    const auto next = std::ranges::lower_bound(covers_, time, {}, &Cover::begin);
    if (next != covers_.begin() && std::prev(next)->end > time) return false;
    return view_.left_before(time) <= view_.taken_until(time);
  }

  void consider(Time time) {
    if (possible_at(time)) moments_.push_back(time);
  }

  const FifoView& view_;
  std::vector<Cover> covers_ = {};
  // Within a stretch that is not covered it only gets worse, but where a taker comes.
  std::vector<Time> moments_ = {};
};

/// The fewest obtained values, one after the other, that cover as much of [from, to] as any do.
std::vector<Number> chain(const FifoView& view, Time from, Time to) {
  std::vector<Number> links;
  Number best = kNoNumber;
  Time reached = from;
  const auto take_best = [&] {
    if (best == kNoNumber || view.index.life(best).get_invoked <= reached) return false;
    links.push_back(best);
    reached = view.index.life(best).get_invoked;
    return true;
  };
  for (const Number value : view.order.by_return) {
    const auto& life = view.index.life(value);
    if (!life.obtained() || life.put_returned >= life.get_invoked) continue;
    while (life.put_returned >= reached) {
      if (!take_best()) reached = life.put_returned + 1;
    }
    if (reached > to || life.put_returned > to) break;
    if (best == kNoNumber || life.get_invoked > view.index.life(best).get_invoked) best = value;
  }
  if (reached <= to) take_best();
  return links;
}

/// Whether the answer at `empty` is still impossible when these values alone are looked at.
bool still_wrong(const FifoView& view, const Operation& empty, const std::vector<Number>& values) {
  FifoView part{.index = view.index,
                .object = view.object,
                .order = put_order(view.index, values),
                .left = {},
                .left_put = {},
                .takers = view.takers};
  for (const Number value : part.order.by_return) {
    if (!view.index.life(value).obtained()) {
      part.left.push_back(value);
      part.left_put.push_back(view.index.life(value).put_returned);
    }
  }
  return !Emptiness{part}.possible(empty.invoked, empty.returned);
}

/// Leaves out what is not needed to show it.
std::vector<Number> minimal(const FifoView& view, const Operation& empty,
                            std::vector<Number> values) {
  constexpr std::size_t kFew = 512;  // it takes their square
  if (values.size() > kFew) return values;
  for (std::size_t i = values.size(); i-- > 0;) {
    auto fewer = values;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    if (still_wrong(view, empty, fewer)) values = std::move(fewer);
  }
  return values;
}

Wrong show(const FifoView& view, Number number) {
  const auto& empty = view.index.operation(number);
  auto values = chain(view, empty.invoked, empty.returned);
  // One more than the takers there are can not all have been taken.
  const auto due = std::min(view.left_before(empty.returned), view.takers.size() + 1);
  values.insert(values.end(), view.left.begin(),
                view.left.begin() + static_cast<std::ptrdiff_t>(due));
  values = minimal(view, empty, std::move(values));
  Wrong wrong{false_empty_clause(view.index, empty),
              "the queue was found empty, and at every time within that call something was in it",
              {}};
  for (const Number value : values) {
    const auto& life = view.index.life(value);
    wrong.witness.push_back(life.put);
    if (life.obtained()) wrong.witness.push_back(life.get);
  }
  wrong.witness.push_back(number);
  return wrong;
}

}  // namespace

std::optional<Wrong> find_false_empty(const FifoView& view) {
  std::optional<Emptiness> emptiness;
  for (const Number number : view.index.object(view.object).operations) {
    const auto& operation = view.index.operation(number);
    if (!says_empty(operation)) continue;
    if (!emptiness) emptiness.emplace(view);
    if (!emptiness->possible(operation.invoked, operation.returned)) return show(view, number);
  }
  return std::nullopt;
}

}  // namespace psq::history
