// The options that a hello may list: the table of spec/operations.md, compiled in.
#pragma once

#include <span>
#include <string_view>

namespace psq::conformance {

/// In the order of the table. The views live as long as the program.
std::span<const std::string_view> option_names();

}  // namespace psq::conformance
