// Whole numbers as recordings mostly have them: without a sign, far from the ends of their range.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace psq::history {

[[nodiscard]] constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Digits {
  std::int64_t value;
  std::size_t count;
};

/// The digits with which the text begins, at most 18: so many fit into 64 bits whatever they are.
/// Another digit may follow.
[[nodiscard]] constexpr Digits leading_digits(std::string_view text) {
  constexpr std::size_t kSafe = 18;
  const auto most = std::min(text.size(), kSafe);
  Digits digits{0, 0};
  while (digits.count < most && is_digit(text[digits.count])) {
    digits.value = 10 * digits.value + (text[digits.count++] - '0');
  }
  return digits;
}

}  // namespace psq::history
