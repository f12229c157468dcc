// Judges small histories by trying every order in which the operations can have taken effect.
// Slow, simple, and sharing nothing with the checkers that it is held against.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <vector>

#include "history/history.h"

namespace psq::history {

/// The state of the one object: what is in it, and how many tasks are unfinished.
struct State {
  std::vector<std::int64_t> items = {};
  std::int64_t unfinished = 0;
  friend auto operator<=>(const State&, const State&) = default;
};

/// What the operation makes of the state when it takes effect with that result and value; nothing
/// when it cannot have. A pending operation is shown once for each way it may have ended.
using Step = std::function<std::optional<State>(const State&, const Operation&)>;

/// First in, first out, without a bound; the other operations have no say.
[[nodiscard]] std::optional<State> step_fifo(const State& state, const Operation& operation);

/// Any order of items, `maxsize` slots (0: no bound), tasks counted. Empty is always allowed.
[[nodiscard]] Step step_bag(std::int64_t maxsize);

/// Whether some order of all operations, real time kept, is a run of `step` from `start`.
/// At most 16 operations, of one object.
[[nodiscard]] bool can_be(const History& history, const Step& step, const State& start = {});

}  // namespace psq::history
