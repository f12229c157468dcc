#include "tests/crash_probes.h"

#include <atomic>
#include <csignal>

namespace psq::test {
namespace {

std::string_view chosen_point;  // Set while no other thread looks at it.
std::atomic<int> passages_left{0};
int chosen_signal = SIGKILL;

void choose(std::string_view point, int times, int signal) {
  chosen_point = point;
  chosen_signal = signal;
  passages_left = times;
}

}  // namespace

void die_at(std::string_view point, int times) { choose(point, times, SIGKILL); }
void stop_at(std::string_view point, int times) { choose(point, times, SIGSTOP); }

void pass(std::string_view point) noexcept {
  if (passages_left.load() <= 0 || point != chosen_point) return;
  if (--passages_left == 0) std::raise(chosen_signal);
}

}  // namespace psq::test
