#include "suite/conditions.h"

#include <sys/utsname.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <stdexcept>

namespace psq::conformance {
namespace {

bool is_digit(char letter) { return std::isdigit(static_cast<unsigned char>(letter)) != 0; }

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// The numbers at the beginning of a version; zeros at the end count for nothing.
std::vector<std::uint64_t> numbers_of(std::string_view version) {
  std::vector<std::uint64_t> numbers;
  const char* at = version.data();
  const char* const end = at + version.size();
  while (at != end && is_digit(*at)) {
    std::uint64_t number = 0;
    const auto [after, error] = std::from_chars(at, end, number);
    if (error != std::errc{}) break;
    numbers.push_back(number);
    if (after == end || *after != '.') break;
    at = after + 1;
  }
  while (!numbers.empty() && numbers.back() == 0) numbers.pop_back();
  return numbers;
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char letter) { return std::tolower(letter); });
  return text;
}

bool is_this_platform(const std::string& name) {
  utsname machine{};
  if (uname(&machine) != 0) return false;
  const std::string system = lower(machine.sysname);
  const std::string processor = lower(machine.machine);
  return name == system || name == processor || name == system + "-" + processor;
}

}  // namespace

VersionRange::VersionRange(std::string_view text) {
  const auto refuse = [&] {
    throw std::invalid_argument{"'" + std::string{text} +
                                "' is no range of versions such as 3.11 or >=3.9,<3.13"};
  };
  if (text.empty()) return;
  for (std::string_view rest = text;;) {
    const auto comma = rest.find(',');
    std::string_view one = trimmed(rest.substr(0, comma));
    const auto operators = std::min(one.find_first_not_of("<>=!"), one.size());
    const std::string comparison{one.substr(0, operators)};
    one = trimmed(one.substr(operators));
    static constexpr std::string_view kKnown[] = {"", ">=", "<=", ">", "<", "==", "!="};
    if (one.empty() || std::ranges::find(kKnown, comparison) == std::end(kKnown)) refuse();
    if (!comparison.empty() && one.find_first_not_of("0123456789.") != std::string_view::npos)
      refuse();
    bounds_.push_back({.comparison = comparison, .version = std::string{one}});
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
}

bool VersionRange::Bound::holds(std::string_view is) const {
  if (comparison.empty())
    return is.starts_with(version) &&
           (is.size() == version.size() || !is_digit(is[version.size()]));
  const auto numbers = numbers_of(is);
  if (is.empty() || !is_digit(is.front())) return comparison == "!=";
  const auto order = numbers <=> numbers_of(version);
  if (comparison == ">=") return order >= 0;
  if (comparison == "<=") return order <= 0;
  if (comparison == ">") return order > 0;
  if (comparison == "<") return order < 0;
  return (order == 0) == (comparison == "==");
}

bool VersionRange::holds(std::string_view version) const {
  return std::ranges::all_of(bounds_, [&](const Bound& each) { return each.holds(version); });
}

bool Conditions::hold(const Hello& hello) const {
  const bool method = start_methods.empty() ||
                      std::ranges::find(start_methods, hello.start_method) != start_methods.end();
  const bool platform = platforms.empty() || std::ranges::any_of(platforms, is_this_platform);
  return method && platform && version.holds(hello.version);
}

}  // namespace psq::conformance
