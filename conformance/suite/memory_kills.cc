#include "suite/memory_kills.h"

#include <fstream>
#include <string>

namespace psq::conformance {

std::int64_t memory_kills() {
  std::ifstream in{"/proc/vmstat"};
  std::string name;
  for (std::int64_t count = 0; in >> name >> count;) {
    if (name == "oom_kill") return count;
  }
  return 0;
}

}  // namespace psq::conformance
