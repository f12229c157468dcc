// How long the driver itself takes, apart from the implementation: time that counts against no
// bound.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "clock/time.h"

namespace psq::conformance {

struct DriverTimes {
  /// To make an item of that size before a call, and to check it after one.
  struct OfItem {
    std::int64_t size = 0;
    Nanoseconds build{0};
    Nanoseconds check{0};
  };

  Nanoseconds round_trip{0};       // of an empty request
  std::vector<OfItem> items = {};  // by size, the smallest first; empty: not measured

  /// What building and checking an item takes: as measured of the next larger size, in proportion
  /// beyond the largest. A rate that any driver reaches where nothing was measured.
  [[nodiscard]] Nanoseconds of_item(std::int64_t size) const;

  /// `ROUND_TRIP,SIZE:BUILD:CHECK,…` in microseconds, as an option of the command line has it.
  /// Throws std::invalid_argument.
  [[nodiscard]] std::string in_microseconds() const;
  [[nodiscard]] static DriverTimes parse(const std::string& text);
};

}  // namespace psq::conformance
