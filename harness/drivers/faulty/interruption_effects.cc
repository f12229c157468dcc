#include "interruption_effects.h"

#include <cerrno>
#include <chrono>
#include <ctime>

#include "objects.h"
#include "src/clock.h"

namespace psq::faulty {
namespace {

constexpr timespec kNap{.tv_sec = 0, .tv_nsec = 2'000'000};
// A nap that takes so long was a stop of the process.
constexpr std::chrono::milliseconds kStopped{100};

}  // namespace

bool nap_was_interrupted(Interruption interruption) {
  const auto begin = detail::Clock::now();
  // The kernel continues a nap after a stop by itself, and not after a handler.
  const bool by_handler = ::nanosleep(&kNap, nullptr) != 0 && errno == EINTR;
  const bool by_stop = detail::Clock::now() - begin > kStopped;
  return interruption == Interruption::kSignal ? by_handler : by_stop;
}

bool attempts(Timeout timeout, Interruption interruption, Reaction reaction,
              const std::function<bool()>& attempt) {
  auto deadline = detail::Deadline::after(timeout);
  while (!attempt()) {
    if (deadline.has_passed()) return false;
    if (!nap_was_interrupted(interruption)) continue;
    if (reaction == Reaction::kGivesUp) return false;
    deadline = detail::Deadline::after(timeout);
  }
  return true;
}

bool attempts(std::optional<driver::Seconds> timeout, Interruption interruption, Reaction reaction,
              const std::function<bool()>& attempt) {
  return attempts(reference_driver::to_timeout(timeout), interruption, reaction, attempt);
}

}  // namespace psq::faulty
