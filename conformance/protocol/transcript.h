// What happened in one run, step by step, for the card of a failure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "clock/time.h"

namespace psq::conformance {

struct Step {
  std::string process;
  std::string thread;
  std::string text;
  std::string answer = {};  // empty while the call is pending
  Nanoseconds at{0};
  Nanoseconds took{0};
};

/// Steps in the order in which they were begun.
class Transcript {
 public:
  std::size_t begin(Step step);
  void end(std::size_t index, std::string answer, Nanoseconds took);

  [[nodiscard]] const std::vector<Step>& steps() const { return steps_; }
  [[nodiscard]] std::size_t newest() const { return steps_.empty() ? 0 : steps_.size() - 1; }

  /// One column a process, one line a step; the step `here` is pointed at. Of many like steps
  /// behind each other the first and the last are shown. Long runs are cut around `here`.
  [[nodiscard]] std::string columns(std::size_t here) const;
  /// The same, not cut, with nothing pointed at.
  [[nodiscard]] std::string whole() const;

 private:
  std::vector<Step> steps_;
};

}  // namespace psq::conformance
