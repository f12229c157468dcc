// The tables of faults.
#pragma once

#include <vector>

#include "fault.h"

namespace psq::faulty {

[[nodiscard]] std::vector<Fault> failure_faults();
[[nodiscard]] std::vector<Fault> pipe_faults();
[[nodiscard]] std::vector<Fault> queue_put_faults();

inline constexpr std::vector<Fault> (*kTables[])() = {failure_faults, pipe_faults,
                                                      queue_put_faults};

}  // namespace psq::faulty
