// Whether the program runs in valgrind, which reads all memory that it takes for readable when the
// program ends.

#pragma once

#include <cstdlib>
#include <cstring>

namespace psq::detail {

// Any thread may call it while no other one changes the environment.
inline bool is_in_valgrind() noexcept {
  const char* const preloaded = std::getenv("LD_PRELOAD");
  return preloaded != nullptr && std::strstr(preloaded, "vgpreload") != nullptr;
}

}  // namespace psq::detail
