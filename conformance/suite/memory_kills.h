#pragma once

#include <cstdint>
#include <string>

namespace psq::conformance {

/// How many processes the kernel has ended since it started because there was no memory left, as
/// /proc/vmstat counts them; 0 where it does not. Any thread may call it.
std::int64_t memory_kills();

/// Why what was seen means nothing, if the kernel has ended so many processes meanwhile: such a
/// process looks like one that crashed, and its peers like ones that hang. Empty when there were
/// none.
std::string doubt_without_memory(std::int64_t kills, const std::string& seen);

}  // namespace psq::conformance
