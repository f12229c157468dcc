// A bound on a count over time: how many items, or unfinished tasks, there were at least or at
// most.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "history/history.h"

namespace psq::history {

/// base, one more directly after each rise, one less from each fall on. Asked whether it comes down
/// to the limit within a call; O(log n) each.
class Curve {
 public:
  Curve(std::int64_t base, std::int64_t limit, std::vector<Time> rises, std::vector<Time> falls)
      : base_(base), limit_(limit), rises_(std::move(rises)), falls_(std::move(falls)) {
    std::ranges::sort(rises_);
    std::ranges::sort(falls_);
    // Between falls it only rises, so that the lowest points are at the falls.
    for (const Time fall : falls_) {
      if (at(fall) <= limit_) low_.push_back(fall);
    }
  }

  [[nodiscard]] std::int64_t at(Time time) const {
    const auto risen = std::ranges::lower_bound(rises_, time) - rises_.begin();
    const auto fallen = std::ranges::upper_bound(falls_, time) - falls_.begin();
    return base_ + risen - fallen;
  }

  /// Whether it is at the limit or below at some time in [from, to].
  [[nodiscard]] bool comes_down(Time from, Time to) const {
    if (at(from) <= limit_) return true;
    const auto next = std::ranges::lower_bound(low_, from);
    return next != low_.end() && *next <= to;
  }

  /// Its lowest value in [from, to], for messages.
  [[nodiscard]] std::int64_t lowest(Time from, Time to) const {
    auto lowest = at(from);
    for (auto fall = std::ranges::lower_bound(falls_, from); fall != falls_.end() && *fall <= to;
         ++fall) {
      lowest = std::min(lowest, at(*fall));
    }
    return lowest;
  }

 private:
  std::int64_t base_;
  std::int64_t limit_;
  std::vector<Time> rises_;
  std::vector<Time> falls_;
  std::vector<Time> low_ = {};
};

}  // namespace psq::history
