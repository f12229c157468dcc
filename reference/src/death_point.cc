#include <atomic>
#include <csignal>
#include <string_view>

#include "psq/fault.h"
#include "src/fault_seam.h"

#ifdef PSQ_FAULTS

namespace psq {
namespace {

// Set while there is one thread that looks.
std::string_view chosen_point;
std::atomic<int> left{0};

}  // namespace

void set_death_point(std::string_view point, int times) {
  chosen_point = point;
  left = times;
}

void detail::fault_point(std::string_view name) noexcept {
  if (left.load() <= 0 || name != chosen_point) return;
  if (--left == 0) std::raise(SIGKILL);
}

}  // namespace psq

#endif  // PSQ_FAULTS
