// How long a put or get may wait, in the three ways that the libraries know.
#pragma once

#include <psq/driver/operation.h>

#include <cmath>
#include <optional>
#include <stdexcept>

namespace psq::libraries {

/// Zero for a call that does not wait, nothing for one that waits for ever, and otherwise a
/// positive number of seconds. A timeout above `longest`, which the library cannot count, is no
/// timeout. Throws std::invalid_argument for a timeout that is no number.
inline std::optional<driver::Seconds> patience_of(bool block,
                                                  std::optional<driver::Seconds> timeout,
                                                  driver::Seconds longest) {
  if (timeout && std::isnan(timeout->count()))
    throw std::invalid_argument("a timeout that is no number");
  if (!block || (timeout && timeout->count() <= 0)) return driver::Seconds{0};
  if (!timeout || *timeout > longest) return std::nullopt;
  return timeout;
}

}  // namespace psq::libraries
