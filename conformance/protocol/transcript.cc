#include "protocol/transcript.h"

#include <algorithm>
#include <cstdio>

namespace psq::conformance {
namespace {

constexpr std::size_t kWidth = 34;
constexpr std::size_t kMostBefore = 24;
constexpr std::size_t kMostAfter = 6;

std::vector<std::string> processes_of(const std::vector<Step>& steps) {
  std::vector<std::string> names;
  for (const Step& step : steps) {
    if (std::ranges::find(names, step.process) == names.end()) names.push_back(step.process);
  }
  return names;
}

std::string line_for(const Step& step) {
  std::string text = step.thread == "main" ? "" : "[" + step.thread + "] ";
  text += step.text + " -> " + (step.answer.empty() ? "(no answer)" : step.answer);
  if (step.took >= std::chrono::milliseconds{1}) text += "  (" + human(step.took) + ")";
  return text;
}

}  // namespace

std::size_t Transcript::begin(Step step) {
  steps_.push_back(std::move(step));
  return steps_.size() - 1;
}

void Transcript::end(std::size_t index, std::string answer, Nanoseconds took) {
  steps_.at(index).answer = std::move(answer);
  steps_.at(index).took = took;
}

std::string Transcript::columns(std::size_t here) const {
  const auto names = processes_of(steps_);
  std::string out;
  for (const auto& name : names) {
    out += name;
    if (&name != &names.back()) out.append(name.size() < kWidth ? kWidth - name.size() : 1, ' ');
  }
  out += "\n";
  const std::size_t first = here > kMostBefore ? here - kMostBefore : 0;
  if (first > 0) out += "  ... " + std::to_string(first) + " steps before\n";
  for (std::size_t i = first; i < steps_.size() && i <= here + kMostAfter; ++i) {
    const auto column =
        static_cast<std::size_t>(std::ranges::find(names, steps_[i].process) - names.begin());
    out += std::string(column * kWidth, ' ') + line_for(steps_[i]);
    out += i == here ? "   <-- here\n" : "\n";
  }
  return out;
}

}  // namespace psq::conformance
