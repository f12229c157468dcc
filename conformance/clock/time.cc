#include "clock/time.h"

#include <cstdio>

namespace psq::conformance {

Nanoseconds monotonic_now() { return Clock::now().time_since_epoch(); }

namespace {

struct Unit {
  double nanoseconds;
  const char* name;
};

Unit unit_of(Nanoseconds duration) {
  if (duration >= std::chrono::seconds{1}) return {1e9, "s"};
  if (duration >= std::chrono::milliseconds{1}) return {1e6, "ms"};
  return {1e3, "us"};
}

// In that unit, in three digits.
std::string in(const Unit& unit, Nanoseconds duration) {
  const double count = static_cast<double>(duration.count()) / unit.nanoseconds;
  const bool is_long_number = count >= 100 && unit.nanoseconds < 1e9;
  char text[32];
  std::snprintf(text, sizeof text, is_long_number ? "%.0f %s" : "%.3g %s", count, unit.name);
  return text;
}

std::string in(const Unit& unit, Nanoseconds duration, int decimals) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f %s", decimals,
                static_cast<double>(duration.count()) / unit.nanoseconds, unit.name);
  return text;
}

}  // namespace

std::string human(Nanoseconds duration) { return in(unit_of(duration), duration); }

std::string human_beside(Nanoseconds duration, Nanoseconds other) {
  const Unit unit = unit_of(duration);
  if (in(unit, duration) != in(unit, other)) return in(unit, duration);
  int decimals = 1;
  while (decimals < 9 && in(unit, duration, decimals) == in(unit, other, decimals)) ++decimals;
  return in(unit, duration, decimals);
}

}  // namespace psq::conformance
