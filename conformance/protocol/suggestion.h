// Which known name a misspelt one may stand for.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace psq::conformance {

/// " (did you mean lifecycle?)" for the known name that is closest to `name`, or nothing when none
/// is close: at most one letter in three wrong, missing, too many or in another's place.
std::string did_you_mean(std::string_view name, std::span<const std::string_view> known);

}  // namespace psq::conformance
