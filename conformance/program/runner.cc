#include "program/runner.h"

#include <algorithm>
#include <map>
#include <utility>

#include "program/run.h"
#include "suite/memory_kills.h"

namespace psq::conformance {
namespace {

// The more a session has done, the longer it takes to look through its calls.
constexpr int kRunsInARow = 40;

}  // namespace

RunResult ProgramRunner::run(const Program& program, Nanoseconds hang_bound) {
  if (afresh_ || runs_ == kRunsInARow) {
    t_.restart();
    runs_ = 0;
  }
  afresh_ = true;  // also when the run ends with an exception
  const std::int64_t kills_before = memory_kills();
  RunResult result = Run{t_, program, "-" + std::to_string(++runs_), hang_bound}.result();
  result = doubted(std::move(result), memory_kills() - kills_before);
  afresh_ = result.violation || !result.undecided.empty() || has_kills(program);
  return result;
}

Nanoseconds lateness_of(const history::History& history) {
  std::vector<history::Time> late;
  for (const auto& each : history.operations) {
    const bool gave_up =
        each.result == history::Result::kEmpty || each.result == history::Result::kFull;
    if (!gave_up || each.timeout <= 0 || each.timeout == history::kForever) continue;
    late.push_back(each.returned - each.invoked - each.timeout);
  }
  if (late.empty()) return Nanoseconds{0};
  const auto middle = late.begin() + static_cast<std::ptrdiff_t>(late.size() / 2);
  std::ranges::nth_element(late, middle);
  return std::max(Nanoseconds{*middle}, Nanoseconds{0});
}

std::size_t overlapping_pairs(const history::History& history) {
  std::map<std::uint16_t, std::vector<const history::Operation*>> by_object;
  for (const auto& each : history.operations) by_object[each.object].push_back(&each);
  std::size_t pairs = 0;
  for (auto& [object, operations] : by_object) {
    std::ranges::sort(operations, {}, &history::Operation::invoked);
    for (std::size_t i = 0; i < operations.size(); ++i) {
      for (std::size_t j = i + 1; j < operations.size(); ++j) {
        if (operations[j]->invoked > operations[i]->returned) break;
        if (operations[j]->thread != operations[i]->thread) ++pairs;
      }
    }
  }
  return pairs;
}

}  // namespace psq::conformance
