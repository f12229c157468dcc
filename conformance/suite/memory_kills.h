#pragma once

#include <cstdint>

namespace psq::conformance {

/// How many processes the kernel has ended since it started because there was no memory left, as
/// /proc/vmstat counts them; 0 where it does not. Any thread may call it.
std::int64_t memory_kills();

}  // namespace psq::conformance
