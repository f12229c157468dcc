#include "history/tests/exhaustive.h"

#include <algorithm>
#include <cstdint>

namespace psq::history {
namespace {

class Search {
 public:
  Search(const History& history, const Step& step) : history_(history), step_(step) {}

  bool run(std::uint32_t done, const State& state) {
    if (finished(done)) return true;
    if (!seen_.emplace(done, state).second) return false;
    for (std::size_t i = 0; i < history_.operations.size(); ++i) {
      if ((done >> i & 1U) == 0 && may_be_next(done, i) && next(done | 1U << i, state, i)) {
        return true;
      }
    }
    return false;
  }

 private:
  [[nodiscard]] bool finished(std::uint32_t done) const {
    for (std::size_t i = 0; i < history_.operations.size(); ++i) {
      if ((done >> i & 1U) == 0 && history_.operations[i].result != Result::kPending) return false;
    }
    return true;
  }

  [[nodiscard]] bool may_be_next(std::uint32_t done, std::size_t i) const {
    for (std::size_t k = 0; k < history_.operations.size(); ++k) {
      if ((done >> k & 1U) == 0 &&
          history_.operations[k].returned < history_.operations[i].invoked) {
        return false;
      }
    }
    return true;
  }

  bool next(std::uint32_t done, const State& state, std::size_t i) {
    auto operation = history_.operations[i];
    if (operation.result != Result::kPending) {
      const auto after = step_(state, operation);
      return after && run(done, *after);
    }
    operation.result = Result::kOk;
    if (operation.op != Operator::kGet) {
      const auto after = step_(state, operation);
      return after && run(done, *after);
    }
    for (const auto value : state.items) {
      operation.value = value;
      const auto after = step_(state, operation);
      if (after && run(done, *after)) return true;
    }
    return false;
  }

  const History& history_;
  const Step& step_;
  std::set<std::pair<std::uint32_t, State>> seen_ = {};
};

}  // namespace

std::optional<State> step_fifo(const State& state, const Operation& operation) {
  State after = state;
  if (operation.op == Operator::kPut && operation.result == Result::kOk) {
    after.items.push_back(operation.value);
  } else if (operation.op == Operator::kGet && operation.result == Result::kOk) {
    if (state.items.empty() || state.items.front() != operation.value) return std::nullopt;
    after.items.erase(after.items.begin());
  } else if (operation.op == Operator::kGet && operation.result == Result::kEmpty) {
    if (!state.items.empty()) return std::nullopt;
  }
  return after;
}

Step step_bag(std::int64_t maxsize) {
  return [maxsize](const State& state, const Operation& operation) -> std::optional<State> {
    State after = state;
    const bool full = maxsize > 0 && std::ssize(state.items) == maxsize;
    if (operation.op == Operator::kPut && operation.result == Result::kOk) {
      if (full) return std::nullopt;
      after.items.insert(std::ranges::lower_bound(after.items, operation.value), operation.value);
      ++after.unfinished;
    } else if (operation.op == Operator::kPut && operation.result == Result::kFull) {
      if (!full) return std::nullopt;
    } else if (operation.op == Operator::kGet && operation.result == Result::kOk) {
      const auto found = std::ranges::find(after.items, operation.value);
      if (found == after.items.end()) return std::nullopt;
      after.items.erase(found);
    } else if (operation.op == Operator::kTaskDone) {
      const bool refused = operation.result == Result::kTaskDoneTooOften;
      if (refused != (state.unfinished == 0)) return std::nullopt;
      if (!refused) --after.unfinished;
    } else if (operation.op == Operator::kJoin && operation.result == Result::kOk) {
      if (state.unfinished != 0) return std::nullopt;
    }
    return after;
  };
}

bool can_be(const History& history, const Step& step, const State& start) {
  return Search{history, step}.run(0, start);
}

}  // namespace psq::history
