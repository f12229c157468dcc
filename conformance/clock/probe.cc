#include "clock/probe.h"

#include <algorithm>

namespace psq::conformance {
namespace {

constexpr std::chrono::milliseconds kSleep{2};
// A timer of an idle machine is late by far less.
constexpr std::chrono::milliseconds kSlack{1};

}  // namespace

Probe::Probe() : reading_{.woke = monotonic_now()}, thread_([this] { run(); }) {}

Probe::~Probe() {
  over_ = true;
  thread_.join();
}

Nanoseconds Probe::credit(Nanoseconds slept) {
  return std::min<Nanoseconds>(slept, kSleep + kSlack);
}

Probe::Reading Probe::reading() const {
  const std::lock_guard lock{mutex_};
  return reading_;
}

Nanoseconds Probe::credited() const {
  const Reading newest = reading();
  return newest.credited + credit(monotonic_now() - newest.woke);
}

void Probe::run() {
  Reading next = reading();
  while (!over_) {
    std::this_thread::sleep_for(kSleep);
    const Nanoseconds now = monotonic_now();
    next = {.credited = next.credited + credit(now - next.woke), .woke = now};
    const std::lock_guard lock{mutex_};
    reading_ = next;
  }
}

}  // namespace psq::conformance
