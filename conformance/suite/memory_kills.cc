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

std::string doubt_without_memory(std::int64_t kills, const std::string& seen) {
  if (kills <= 0) return {};
  return "the system ran out of memory and ended processes, " + std::to_string(kills) +
         " in all; meanwhile: " + seen;
}

}  // namespace psq::conformance
