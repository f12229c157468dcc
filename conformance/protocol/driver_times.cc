#include "protocol/driver_times.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace psq::conformance {
namespace {

constexpr std::chrono::nanoseconds kPerByte{30};

// One number of the list, and what stands behind it.
std::int64_t number_before(std::istringstream& text, char end) {
  std::int64_t number = 0;
  char found = end;
  if (!(text >> number) || number < 0 || (text >> found && found != end))
    throw std::invalid_argument{"driver times are ROUND_TRIP,SIZE:BUILD:CHECK,... in microseconds"};
  return number;
}

}  // namespace

Nanoseconds DriverTimes::of_item(std::int64_t size) const {
  if (items.empty()) return kPerByte * size;
  const auto at_least =
      std::ranges::find_if(items, [&](const OfItem& e) { return e.size >= size; });
  if (at_least != items.end()) return at_least->build + at_least->check;
  const OfItem& largest = items.back();
  return (largest.build + largest.check) * (size / std::max<std::int64_t>(largest.size, 1) + 1);
}

std::string DriverTimes::in_microseconds() const {
  const auto us = [](Nanoseconds time) {
    return std::to_string(std::chrono::ceil<std::chrono::microseconds>(time).count());
  };
  std::string text = us(round_trip);
  for (const OfItem& each : items)
    text += "," + std::to_string(each.size) + ":" + us(each.build) + ":" + us(each.check);
  return text;
}

DriverTimes DriverTimes::parse(const std::string& text) {
  std::istringstream parts{text};
  std::string part;
  DriverTimes times;
  for (bool first = true; std::getline(parts, part, ','); first = false) {
    std::istringstream numbers{part};
    if (first) {
      times.round_trip = std::chrono::microseconds{number_before(numbers, ',')};
      continue;
    }
    const std::int64_t size = number_before(numbers, ':');
    const std::int64_t build = number_before(numbers, ':');
    times.items.push_back({.size = size,
                           .build = std::chrono::microseconds{build},
                           .check = std::chrono::microseconds{number_before(numbers, ',')}});
  }
  return times;
}

}  // namespace psq::conformance
