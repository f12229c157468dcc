#include "protocol/transcript.h"

#include <algorithm>
#include <cctype>
#include <span>
#include <utility>

namespace psq::conformance {
namespace {

constexpr std::size_t kWidth = 34;
constexpr std::size_t kMostBefore = 24;
constexpr std::size_t kMostAfter = 6;
constexpr std::size_t kFewestFolded = 4;
constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);
constexpr std::chrono::milliseconds kShownTime{1};

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
  if (step.took >= kShownTime) text += "  (" + human(step.took) + ")";
  return text;
}

// Digits are all that tells one of many like steps from another: of an item, a length, a time.
std::string shape_of(const Step& step) {
  std::string shape;
  for (const char c : step.process + "\n" + step.thread + "\n" + step.text + "\n" + step.answer) {
    const bool digit = std::isdigit(static_cast<unsigned char>(c)) != 0;
    if (!digit) shape += c;
    if (digit && !shape.ends_with('#')) shape += '#';
  }
  return shape;
}

/// Like steps behind each other.
struct Fold {
  std::size_t first;
  std::size_t end;
};

/// The steps as folds; `here` is in one of its own.
std::vector<Fold> folds_of(const std::vector<Step>& steps, std::size_t here) {
  std::vector<Fold> folds;
  std::string before;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    std::string shape = shape_of(steps[i]);
    const bool alone = folds.empty() || i == here || folds.back().first == here;
    if (!alone && shape == before) {
      folds.back().end = i + 1;
    } else {
      folds.push_back({.first = i, .end = i + 1});
    }
    before = std::move(shape);
  }
  return folds;
}

// A slow one among them is worth a look.
std::string longest_of(const std::vector<Step>& steps, const Fold& fold) {
  const std::span between{&steps[fold.first + 1], &steps[fold.end - 1]};
  const Nanoseconds longest = std::ranges::max_element(between, {}, &Step::took)->took;
  if (longest < kShownTime) return {};
  return ", in " + human(longest) + " or less each";
}

std::string drawn(const std::vector<Step>& steps, std::span<const Fold> folds, std::size_t here) {
  const auto names = processes_of(steps);
  std::string out;
  for (const auto& name : names) {
    out += name;
    if (&name != &names.back()) out.append(name.size() < kWidth ? kWidth - name.size() : 1, ' ');
  }
  out += "\n";
  if (folds.empty()) return out;
  if (folds.front().first > 0)
    out += "  ... " + std::to_string(folds.front().first) + " steps before\n";
  const auto draw = [&](std::size_t step) {
    const auto column =
        static_cast<std::size_t>(std::ranges::find(names, steps[step].process) - names.begin());
    out += std::string(column * kWidth, ' ') + line_for(steps[step]);
    out += step == here ? "   <-- here\n" : "\n";
  };
  for (const Fold& each : folds) {
    const bool many = each.end - each.first >= kFewestFolded;
    if (many) {
      draw(each.first);
      out += "  ... " + std::to_string(each.end - each.first - 2) + " like it" +
             longest_of(steps, each) + "\n";
      draw(each.end - 1);
    }
    for (std::size_t i = each.first; i < each.end && !many; ++i) draw(i);
  }
  return out;
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
  const auto folds = folds_of(steps_, here);
  const auto at = std::ranges::find_if(folds, [&](const Fold& each) { return each.end > here; });
  const auto number = static_cast<std::size_t>(at - folds.begin());
  const std::size_t first = number > kMostBefore ? number - kMostBefore : 0;
  const std::size_t end = std::min(folds.size(), number + kMostAfter + 1);
  return drawn(steps_, std::span{folds}.subspan(first, end - first), here);
}

std::string Transcript::whole() const {
  return drawn(steps_, folds_of(steps_, kNowhere), kNowhere);
}

}  // namespace psq::conformance
