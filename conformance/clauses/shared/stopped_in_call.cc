#include "clauses/shared/stopped_in_call.h"

#include <random>

#include "suite/flow.h"

namespace psq::conformance {
namespace {

constexpr int kStops = 40;
// By chance a lock of a few instructions is met there once in a thousand stops.
constexpr int kMayWait = 2;
constexpr int kOfEach = 2;
constexpr std::int64_t kSlots = 2;
constexpr Nanoseconds kLongestBetween = 20ms;
constexpr std::int64_t kWithoutEnd = 1'000'000;
// A machine that gives the suite next to nothing beside the busy processes decides nothing.
constexpr auto kLongestSearch = 90s;

// Those that are to be stopped, all of them at work.
std::vector<Actor> processes_at_work(Scenario& t, const Object& q, Stopped stopped) {
  const std::int64_t size = t.fitting(kLarger);
  std::vector<Actor> chosen;
  std::vector<const Call*> gets;
  for (int i = 0; i < kOfEach; ++i) {
    const Actor producer = t.root().spawn("producer" + std::to_string(i), {q});
    const Actor consumer = t.root().spawn("consumer" + std::to_string(i), {q});
    const Item item = t.item(producer.name(), 0, size);
    static_cast<void>(producer.start(run({put(q, item).repeated(kWithoutEnd)})));
    gets.push_back(&consumer.start(run({get(q).repeated(kWithoutEnd)})));
    chosen.push_back(consumer);
    if (stopped == Stopped::kAll) chosen.push_back(producer);
  }
  expect_arrival(t, gets, [&] {
    return std::ranges::any_of(gets, [](const Call* each) { return !each->events.empty(); });
  });
  return chosen;
}

// The first call that does not end while other processes are stopped; it is left pending.
Call* first_that_waits(Scenario& t, const std::vector<Request>& requests,
                       const std::function<void(const Answer&)>& demand) {
  for (const Request& request : requests) {
    Call& call = t.root().start(request);
    if (!t.ends_within_fairly(call, t.hang_bound())) return &call;
    demand(t.finish(call));
  }
  return nullptr;
}

}  // namespace

void while_others_stand_in_calls(Scenario& t, QueueKind kind, Stopped stopped, const CallsAt& calls,
                                 const std::function<void(const Answer&)>& demand) {
  const Object q = make(t.root(), kind, kSlots);
  const std::vector<Actor> others = processes_at_work(t, q, stopped);
  std::mt19937_64 random(t.seed());
  std::uniform_int_distribution<std::int64_t> between(0, kLongestBetween.count());
  int waited = 0;
  const Nanoseconds until = monotonic_now() + t.patient(kLongestSearch);
  for (int stop = 0; stop < kStops; ++stop) {
    if (monotonic_now() > until) {
      throw Inconclusive{"there was time for " + std::to_string(stop) + " of " +
                         std::to_string(kStops) + " stops of the other processes (--patience)"};
    }
    static_cast<void>(t.session().wait_until([] { return false; }, Nanoseconds{between(random)}));
    for (const Actor& each : others) t.stop(each);
    Call* const waits = first_that_waits(t, calls(q, stop), demand);
    for (const Actor& each : others) t.resume(each);
    if (waits == nullptr) continue;
    demand(t.finish(*waits));
    ++waited;
    t.expect_true(waited <= kMayWait,
                  "calls that are not to wait end while other processes are stopped",
                  "at " + std::to_string(waited) + " of " + std::to_string(stop + 1) +
                      " stops, one waited until these were continued");
  }
}

}  // namespace psq::conformance
