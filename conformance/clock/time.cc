#include "clock/time.h"

#include <cstdio>

namespace psq::conformance {

Nanoseconds monotonic_now() { return Clock::now().time_since_epoch(); }

std::string human(Nanoseconds duration) {
  const double ns = static_cast<double>(duration.count());
  char text[32];
  if (ns >= 1e9) {
    std::snprintf(text, sizeof text, "%.3g s", ns / 1e9);
  } else if (ns >= 1e6) {
    std::snprintf(text, sizeof text, ns >= 1e8 ? "%.0f ms" : "%.3g ms", ns / 1e6);
  } else {
    std::snprintf(text, sizeof text, "%.3g us", ns / 1e3);
  }
  return text;
}

}  // namespace psq::conformance
