// Linearizability of a strict first-in-first-out queue, for values that are distinct.
//
// Without pending gets a history of a queue is linearizable when none of four patterns is in it
// (Henzinger, Sezgin, Vafeiadis: "Aspect-oriented linearizability proofs", CONCUR 2013):
//   a value is obtained that was not put, or not yet;
//   a value is obtained twice;
//   a was put before b, and b was obtained before a, or a never though b was;
//   a get finds the queue empty, and at every time within it some value surely was in it.
// A pending put took effect when its value was obtained, and may be left out when it was not.
//
// A pending get P may have taken one value that no other call obtained, at any time after its
// invocation. Which one? A value v that is left over must have been taken by a P that was invoked
// no later than a deadline: the return of the first get of a value that was put after v, or the
// time at which a get finds the queue empty. A get that may serve a deadline may serve later ones,
// so that Hall's theorem asks only for counts: by no deadline x may more values be due than gets
// were pending. And since what was put before a value that is due is due as well, the values that
// are due by x are the first ones in the order of the puts' returns. Each empty answer chooses its
// time by itself: one at which nothing surely is in the queue but what the pending gets may have
// taken. So the whole is decided in O(n log n); conformance/history/tests holds it against
// exhaustive search.
#include "history/fifo.h"

#include <algorithm>

#include "history/vocabulary_names.h"

namespace psq::history {
namespace {

constexpr const char* kFifo = "fifo";

std::string order_clause(const Index& index, std::size_t object) {
  switch (index.kind(object)) {
    case ObjectKind::kSimpleQueue:
      return "simple-queue.order.fifo";
    case ObjectKind::kPipe:
      return "pipe.order.messages";
    case ObjectKind::kManagerQueue:
      return "manager.order.fifo";
    default:
      return {};  // the law has no such order for it
  }
}

std::optional<Wrong> find_stray(const Index& index, std::size_t object) {
  const auto& here = index.object(object);
  if (!here.strays.empty()) {
    return Wrong{
        order_clause(index, object), "a get obtained what was not put there", {here.strays[0]}};
  }
  if (!here.repeats.empty()) {
    const auto value = static_cast<Number>(index.operation(here.repeats[0]).value);
    return Wrong{order_clause(index, object),
                 index.name(value) + " was obtained twice",
                 {index.life(value).put, index.life(value).get, here.repeats[0]}};
  }
  for (const Number value : here.values) {
    const auto& life = index.life(value);
    if (life.get_returned >= life.put_invoked) continue;
    return Wrong{order_clause(index, object),
                 index.name(value) + " was obtained before it was put",
                 {life.put, life.get}};
  }
  return std::nullopt;
}

FifoView make_view(const Index& index, std::size_t object) {
  FifoView view{.index = index,
                .object = object,
                .order = put_order(index, index.object(object).values),
                .left = {},
                .left_put = {},
                .takers = {}};
  for (const Number value : view.order.by_return) {
    if (index.life(value).obtained()) continue;
    view.left.push_back(value);
    view.left_put.push_back(index.life(value).put_returned);
  }
  return view;
}

void set_takers(FifoView& view, bool with_doubtful) {
  const auto& here = view.index.object(view.object);
  view.takers.clear();
  for (const Number get : here.pending_gets)
    view.takers.push_back(view.index.operation(get).invoked);
  for (const Number get : here.doubtful_gets) {
    if (with_doubtful) view.takers.push_back(view.index.operation(get).invoked);
  }
  std::ranges::sort(view.takers);
}

std::optional<Wrong> find_wrong(const FifoView& view) {
  if (auto wrong = find_overtaken(view)) return wrong;
  return find_false_empty(view);
}

Finding to_finding(const Wrong& wrong) {
  return violated(kFifo, wrong.clause, wrong.why, wrong.witness);
}

}  // namespace

std::size_t FifoView::left_before(Time time) const {
  return static_cast<std::size_t>(std::ranges::lower_bound(left_put, time) - left_put.begin());
}

std::size_t FifoView::taken_until(Time time) const {
  return static_cast<std::size_t>(std::ranges::upper_bound(takers, time) - takers.begin());
}

std::optional<Wrong> find_overtaken(const FifoView& view) {
  if (view.left.empty()) return std::nullopt;
  using Keyed = std::pair<Time, Number>;
  std::vector<Keyed> gets;
  for (const Number value : view.order.by_invocation) {
    const auto& life = view.index.life(value);
    if (life.obtained()) gets.emplace_back(life.get_returned, value);
  }
  // Without takers one value overtaken is one too many, and the order of the gets does not matter.
  if (!view.takers.empty()) std::ranges::sort(gets);
  Number last = kNoNumber;  // put last of those obtained so far
  for (std::size_t i = 0; i < gets.size(); ++i) {
    const auto [returned, value] = gets[i];
    const auto put = view.index.life(value).put_invoked;
    if (last != kNoNumber && put <= view.index.life(last).put_invoked) continue;
    last = value;
    const auto due = view.left_before(put);
    const auto taken = view.taken_until(returned);
    if (due <= taken) continue;
    Wrong wrong{order_clause(view.index, view.object),
                view.index.name(value) + " was obtained, and " + view.index.name(view.left[0]) +
                    ", which was put before it, never was",
                {}};
    for (std::size_t k = 0; k <= taken; ++k) {
      wrong.witness.push_back(view.index.life(view.left[k]).put);
    }
    wrong.witness.push_back(view.index.life(value).put);
    wrong.witness.push_back(view.index.life(value).get);
    if (taken > 0) {
      wrong.why += "; gets in progress account for " + std::to_string(taken) + " of the " +
                   std::to_string(taken + 1) + " values left behind";
    }
    return wrong;
  }
  return std::nullopt;
}

Finding fifo(const Index& index, std::size_t object) {
  if (auto finding = undistinct(index, kFifo)) return *finding;
  if (auto wrong = find_stray(index, object)) return to_finding(*wrong);
  auto view = make_view(index, object);
  if (const auto swap = find_swap(index, view.order)) {
    const auto [a, b] = *swap;
    return violated(kFifo, order_clause(index, object),
                    index.name(a) + " was put before " + index.name(b) + ", and obtained after it",
                    swap_witness(index, a, b));
  }
  const auto& doubtful = index.object(object).doubtful_gets;
  set_takers(view, true);
  if (auto wrong = find_wrong(view)) return to_finding(*wrong);
  if (doubtful.empty()) return {.judgment = Judgment::kHolds, .checker = kFifo};
  set_takers(view, false);
  const auto wrong = find_wrong(view);
  if (!wrong) return {.judgment = Judgment::kHolds, .checker = kFifo};
  return unknown(kFifo,
                 "a get that ended as " +
                     std::string{to_string(index.operation(doubtful[0]).result)} +
                     " may have taken a value or none: if none, " + wrong->why,
                 wrong->witness);
}

Finding check_fifo(const History& history, std::size_t object) {
  return fifo(Index{history}, object);
}

}  // namespace psq::history
