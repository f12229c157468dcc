#include "clock/fair_clock.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace psq::conformance {
namespace {

constexpr std::chrono::milliseconds kBetweenLooks{20};
// A search reads a file of every process of the machine.
constexpr std::chrono::milliseconds kBetweenSearches{250};
constexpr int kSearchShare = 20;
constexpr std::chrono::minutes kRemembered{1};
// Processes that use nearly all processors are in each other's way, not denied by others.
constexpr double kAllButAll = 0.9;

double processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return ::sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

Nanoseconds since(std::optional<Nanoseconds> before, std::optional<Nanoseconds> now) {
  return before && now ? std::max(*now - *before, Nanoseconds{0}) : Nanoseconds{0};
}

std::string percent(Nanoseconds part, Nanoseconds whole) {
  const double share = whole.count() == 0 ? 0
                                          : 100.0 * static_cast<double>(part.count()) /
                                                static_cast<double>(whole.count());
  return std::to_string(std::lround(share)) + " %";
}

}  // namespace

Fairness operator-(const Fairness& a, const Fairness& b) {
  return {.wall = a.wall - b.wall,
          .fair = a.fair - b.fair,
          .ran = a.ran - b.ran,
          .denied = a.denied - b.denied,
          .disk = a.disk - b.disk,
          .late = a.late - b.late,
          .stolen = a.stolen - b.stolen,
          .cpu_pressure = a.cpu_pressure - b.cpu_pressure,
          .io_pressure = a.io_pressure - b.io_pressure};
}

std::string Fairness::in_words() const {
  return human(wall) + " passed, " + human(fair) + " of it fair: the driver's threads ran for " +
         human(ran) + ", were runnable without a processor for " + human(denied) +
         " and waited for a disk for " + human(disk) + "; a probe was late by " + human(late) +
         " in all; pressure cpu " + percent(cpu_pressure, wall) + ", io " +
         percent(io_pressure, wall) + "; stolen by the host " + human(stolen);
}

FairClock::FairClock(Kernel kernel) : kernel_(std::move(kernel)), machine_(kernel_.machine()) {}

Fairness FairClock::read() {
  look();
  return total_;
}

const Fairness& FairClock::recent() {
  if (monotonic_now() - looked_at_ >= kBetweenLooks) look();
  return total_;
}

void FairClock::look() {
  const Nanoseconds now = monotonic_now();
  const Nanoseconds passed = now - looked_at_;
  if (passed <= Nanoseconds{0}) return;
  find_processes(now);
  const Nanoseconds credited = probe_.credited();
  const MachineTimes machine = kernel_.machine();
  const Deltas threads = look_at_threads(passed);

  const Nanoseconds late = std::clamp(passed - (credited - credited_), Nanoseconds{0}, passed);
  const Nanoseconds stolen = std::min(passed, since(machine_.stolen, machine.stolen));
  const Nanoseconds disk = threads.disk ? passed : Nanoseconds{0};
  const auto ran = static_cast<double>(threads.ran.count());
  const bool by_themselves = ran >= kAllButAll * processors() * static_cast<double>(passed.count());
  const Nanoseconds pressed = since(machine_.cpu_pressure, machine.cpu_pressure);
  const Nanoseconds denied =
      by_themselves ? Nanoseconds{0} : std::min(passed, threads.denied.value_or(pressed));
  const Nanoseconds unfair = std::min(passed, late + stolen + disk + denied);

  const Nanoseconds fair = std::max(passed - unfair, std::min(passed, threads.most_ran));
  steps_.push_back({.from = looked_at_, .to = now, .unfair = passed - fair});
  while (now - steps_.front().to > kRemembered) steps_.pop_front();

  total_.wall = now - started_;
  total_.fair += fair;
  total_.ran += threads.ran;
  total_.denied += denied;
  total_.disk += disk;
  total_.late += late;
  total_.stolen += stolen;
  total_.cpu_pressure += pressed;
  total_.io_pressure += since(machine_.io_pressure, machine.io_pressure);
  looked_at_ = now;
  credited_ = credited;
  machine_ = machine;
}

Nanoseconds FairClock::unfair_between(Nanoseconds from, Nanoseconds to) const {
  Nanoseconds unfair{0};
  for (const Step& step : steps_) {
    const Nanoseconds shared = std::min(to, step.to) - std::max(from, step.from);
    if (shared > Nanoseconds{0}) unfair += std::min(shared, step.unfair);
  }
  return unfair;
}

void FairClock::find_processes(Nanoseconds now) {
  const Nanoseconds between = std::max<Nanoseconds>(kBetweenSearches, kSearchShare * search_took_);
  if (searched_at_ != Nanoseconds{0} && now - searched_at_ < between) return;
  searched_at_ = now;
  processes_ = kernel_.descendants_of(::getpid());
  search_took_ = monotonic_now() - now;
}

void FairClock::Deltas::add(const ThreadTimes& before, const ThreadTimes& now, Nanoseconds passed) {
  const Nanoseconds on_processor =
      std::min(passed, since(before.ran.value_or(Nanoseconds{0}), now.ran));
  ran += on_processor;
  most_ran = std::max(most_ran, on_processor);
  disk = disk || now.state == 'D';
  if (!now.denied) return;
  const Nanoseconds waited = since(before.denied.value_or(Nanoseconds{0}), now.denied);
  // The kernel adds the time once the thread gets a processor.
  const bool still_waits =
      now.state == 'R' && on_processor == Nanoseconds{0} && waited == Nanoseconds{0};
  denied = denied.value_or(Nanoseconds{0}) + (still_waits ? passed : std::min(passed, waited));
}

FairClock::Deltas FairClock::look_at_threads(Nanoseconds passed) {
  Deltas deltas;
  const auto before = std::exchange(threads_, {});
  for (const pid_t process : processes_) {
    for (const pid_t thread : kernel_.threads_of(process)) {
      const auto times = kernel_.thread(process, thread);
      if (!times) continue;
      threads_[thread] = *times;
      const auto known = before.find(thread);
      deltas.add(known == before.end() ? ThreadTimes{} : known->second, *times, passed);
    }
  }
  return deltas;
}

}  // namespace psq::conformance
