#include "tests/crash_probes.h"

#include <atomic>
#include <csignal>

namespace psq::test {
namespace {

std::string_view chosen_point;  // Set while no other thread looks at it.
std::atomic<int> passages_left{0};

}  // namespace

void die_at(std::string_view point, int times) {
  chosen_point = point;
  passages_left = times;
}

void pass(std::string_view point) noexcept {
  if (passages_left.load() <= 0 || point != chosen_point) return;
  if (--passages_left == 0) std::raise(SIGKILL);
}

}  // namespace psq::test
