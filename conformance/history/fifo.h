// The strict first-in-first-out queue, in parts; fifo.cc says how they make a decision.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "history/index.h"
#include "history/swap.h"

namespace psq::history {

/// What is wrong, before it has a checker's name.
struct Wrong {
  std::string clause;
  std::string why;
  std::vector<Number> witness;
};

/// What the parts look at: values that no call obtained but a get in progress may have taken, and
/// the times at which those gets were invoked.
struct FifoView {
  const Index& index;
  std::size_t object;
  PutOrder order;
  std::vector<Number> left;    // surely put, never obtained; in the order of the puts' returns
  std::vector<Time> left_put;  // when those puts returned, ascending
  std::vector<Time> takers;    // invocations of gets that may have taken one each, ascending

  /// How many values of `left` were put before that time.
  [[nodiscard]] std::size_t left_before(Time time) const;
  /// How many of them gets in progress may have taken by that time.
  [[nodiscard]] std::size_t taken_until(Time time) const;
};

/// A value that was left behind though a later one was obtained, by more than the gets in progress
/// may have taken.
[[nodiscard]] std::optional<Wrong> find_overtaken(const FifoView& view);

/// An answer that the queue is empty, during all of which it cannot have been.
[[nodiscard]] std::optional<Wrong> find_false_empty(const FifoView& view);

}  // namespace psq::history
