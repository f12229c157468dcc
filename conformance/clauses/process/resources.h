// What a process holds, as the kernel sees it.
#pragma once

#include <functional>
#include <string>

#include "suite/scenario.h"

namespace psq::conformance {

/// Which of the resources of a process may not grow.
struct Watched {
  bool descriptors = true;
  bool memory = true;  // what it has in memory, and the number of its mappings
};

/// Does `use`, which is given a suffix for names, some times, and then many times more. The many
/// leave no thread and no child behind, and nothing of what is watched. What is made once for the
/// whole process, by its first uses, is no growth.
void expect_no_growth(Scenario& t, const Watched& watched, int first, int more,
                      const std::function<void(const std::string& suffix)>& use);

}  // namespace psq::conformance
