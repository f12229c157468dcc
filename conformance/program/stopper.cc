#include "program/stopper.h"

#include <algorithm>

namespace psq::conformance {
namespace {

// Who waits for a lock that another process holds for some instructions has it sooner.
constexpr auto kSleepsLong = 8ms;
constexpr auto kBetweenSights = 2ms;
constexpr auto kComesToWait = 150ms;

}  // namespace

Nanoseconds Stopper::next_at(Nanoseconds started) const {
  if (stands_) return std::max<Nanoseconds>(ends_at_, monotonic_now() + kBetweenSights);
  if (next_ == program_.stops.size()) return kNoEnd;
  const Nanoseconds due = started + current().after;
  return current().when_it_waits ? std::max<Nanoseconds>(due, monotonic_now() + kBetweenSights)
                                 : due;
}

bool Stopper::is_at_work() const {
  return std::ranges::any_of(live_.threads(), [&](const Running& each) {
    return each.process == current().process && each.pending() != nullptr;
  });
}

// Nothing when a thread does not sleep, or its system call is unknown.
std::optional<Stopper::Sleepers> Stopper::sleepers_of(pid_t pid) {
  Sleepers found;
  for (const pid_t thread : threads_of(pid)) {
    const auto seen = view_thread(pid, thread);
    const std::string call = system_call_of(pid, thread);
    if (!seen || seen->state != 'S' || call.empty()) return std::nullopt;
    found[thread] = {.call = call, .slept = seen->slept};
  }
  return found;
}

bool Stopper::has_slept_long(pid_t pid) {
  auto now = sleepers_of(pid);
  if (!now || now != asleep_) {
    asleep_ = std::move(now);
    asleep_since_ = monotonic_now();
  }
  return asleep_ && monotonic_now() - asleep_since_ >= kSleepsLong;
}

// The stop itself counts as one sleep more.
bool Stopper::still_sleep(const Sleepers& before, pid_t pid) {
  const auto threads = threads_of(pid);
  return threads.size() == before.size() && std::ranges::all_of(threads, [&](pid_t thread) {
           const auto known = before.find(thread);
           const auto seen = view_thread(pid, thread);
           return known != before.end() && seen && seen->slept <= known->second.slept + 1 &&
                  system_call_of(pid, thread) == known->second.call;
         });
}

void Stopper::stop_if_due(Nanoseconds started) {
  if (stands_ || next_ == program_.stops.size()) return;
  const Nanoseconds since_due = monotonic_now() - started - current().after;
  if (since_due < Nanoseconds{0}) return;
  const Peer& target = t_.session().peer(live_.wire_name(current().process));
  if (target.dead || !is_at_work()) return forget();
  if (!current().when_it_waits || has_slept_long(target.pid)) return stop(target.pid);
  if (since_due > t_.patient(kComesToWait)) forget();
}

void Stopper::stop(pid_t pid) {
  t_.stop({t_, live_.wire_name(current().process)});
  stands_ = true;
  ++stops_;
  in_wait_ = asleep_ && still_sleep(*asleep_, pid);
  ends_at_ = monotonic_now() + current().lasts;
}

void Stopper::resume() {
  t_.resume({t_, live_.wire_name(current().process)});
  forget();
}

void Stopper::forget() {
  stands_ = in_wait_ = false;
  asleep_.reset();
  ++next_;
}

}  // namespace psq::conformance
