#include "protocol/suggestion.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace psq::conformance {
namespace {

/// How many letters to change, add, leave out or exchange with the next one, from `a` to `b`.
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> most(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        most[i][j] = i + j;
        continue;
      }
      most[i][j] = std::min({most[i - 1][j] + 1, most[i][j - 1] + 1,
                             most[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        most[i][j] = std::min(most[i][j], most[i - 2][j - 2] + 1);
    }
  }
  return most[a.size()][b.size()];
}

}  // namespace

std::string did_you_mean(std::string_view name, std::span<const std::string_view> known) {
  // A driver may send names of a megabyte, which no name is close to.
  constexpr std::size_t kLongest = 64;
  if (known.empty() || name.size() > kLongest) return {};
  const auto closest =
      std::ranges::min(known, {}, [&](std::string_view each) { return edits(name, each); });
  if (edits(name, closest) > std::max<std::size_t>(1, name.size() / 3)) return {};
  return " (did you mean " + std::string{closest} + "?)";
}

}  // namespace psq::conformance
