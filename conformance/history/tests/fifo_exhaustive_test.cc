// The checker of strict queues against exhaustive search.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <set>

#include "history/check.h"
#include "history/tests/exhaustive.h"
#include "history/tests/random_history.h"

namespace psq::history {
namespace {

constexpr int kHistories = 500'000;
constexpr int kOperations = 8;

bool really_holds(const History& history) { return can_be(history, step_fifo); }

/// A value together with every operation on it, or one operation that has no value.
using Piece = std::set<std::size_t>;

std::vector<Piece> pieces(const History& history, const std::vector<std::size_t>& witness) {
  std::vector<Piece> found;
  for (const auto number : witness) {
    const auto value = history.operations[number].value;
    const auto same = std::ranges::find_if(found, [&](const Piece& piece) {
      return value >= 0 && history.operations[*piece.begin()].value == value;
    });
    if (same == found.end()) {
      found.push_back({number});
    } else {
      same->insert(number);
    }
  }
  return found;
}

/// The pieces, and with them every get that is pending: it always has its say.
History restricted(const History& history, const std::vector<Piece>& chosen) {
  std::set<std::size_t> numbers;
  for (const auto& piece : chosen) numbers.insert(piece.begin(), piece.end());
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    const auto& operation = history.operations[i];
    if (operation.op == Operator::kGet && operation.result == Result::kPending) numbers.insert(i);
  }
  return part(history, {numbers.begin(), numbers.end()});
}

void expect_minimal_witness(const History& history, const Finding& finding) {
  const auto all = pieces(history, finding.witness);
  EXPECT_FALSE(really_holds(restricted(history, all)))
      << "the witness does not show it: " << finding.why << '\n'
      << to_text(restricted(history, all)) << "of\n"
      << to_text(history);
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto fewer = all;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_TRUE(really_holds(restricted(history, fewer)))
        << "the witness can be smaller: " << finding.why << '\n'
        << to_text(restricted(history, fewer)) << "of\n"
        << to_text(history);
  }
}

struct Counts {
  int holds = 0;
  int violated = 0;
  int holds_with_pending_get = 0;
  int violated_with_pending_get = 0;
  int holds_with_empty = 0;
  int violated_with_empty_alone = 0;
};

bool any(const History& history, Operator op, Result result) {
  return std::ranges::any_of(history.operations, [&](const Operation& operation) {
    return operation.op == op && operation.result == result;
  });
}

void count(Counts& counts, const History& history, bool holds) {
  const bool pending = any(history, Operator::kGet, Result::kPending);
  const bool empty = any(history, Operator::kGet, Result::kEmpty);
  ++(holds ? counts.holds : counts.violated);
  if (pending) ++(holds ? counts.holds_with_pending_get : counts.violated_with_pending_get);
  if (!empty) return;
  auto without = history;
  std::erase_if(without.operations, [](const auto& o) { return o.result == Result::kEmpty; });
  if (holds) ++counts.holds_with_empty;
  if (!holds && really_holds(without)) ++counts.violated_with_empty_alone;
}

TEST(FifoExhaustive, AgreesOnRandomHistories) {
  Random random{20241004};
  Counts counts;
  for (int i = 0; i < kHistories && !HasFailure(); ++i) {
    const auto history = random_queue_history(random, ObjectKind::kSimpleQueue, kOperations);
    const bool holds = really_holds(history);
    const auto finding = check_fifo(history, 0);
    ASSERT_EQ(finding.judgment, holds ? Judgment::kHolds : Judgment::kViolated)
        << "history " << i << ": " << finding.why << '\n'
        << to_text(history);
    ASSERT_EQ(finding.witness.empty(), holds);
    if (!holds) expect_minimal_witness(history, finding);
    count(counts, history, holds);
  }
  std::cout << kHistories << " histories: " << counts.holds << " hold (" << counts.holds_with_empty
            << " with an empty answer, " << counts.holds_with_pending_get
            << " with a pending get), " << counts.violated << " do not ("
            << counts.violated_with_empty_alone << " by an empty answer alone, "
            << counts.violated_with_pending_get << " with a pending get); none unknown\n";
  EXPECT_GE(counts.holds, kHistories / 5);
  EXPECT_GE(counts.violated, kHistories / 5);
  EXPECT_GE(counts.holds_with_pending_get, kHistories / 20);
  EXPECT_GE(counts.violated_with_pending_get, kHistories / 20);
  EXPECT_GE(counts.holds_with_empty, kHistories / 20);
  EXPECT_GE(counts.violated_with_empty_alone, kHistories / 50);
}

}  // namespace
}  // namespace psq::history
