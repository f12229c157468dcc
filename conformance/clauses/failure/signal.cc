// spec/failure.md, failure.signal.*
#include <algorithm>
#include <csignal>

#include "clauses/failure/waiting_process.h"
#include "suite/flow.h"
#include "suite/kinds.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

constexpr auto kBetweenSignals = 10ms;
constexpr auto kBetweenSignalsInTransfers = 1ms;
constexpr std::int64_t kTransfers = 12;

void needs_handler(Scenario& t, const Actor& actor) {
  t.needs_option("signal_handler");
  if (!handles_signal(t.session().peer(actor.name()).pid, SIGUSR1)) {
    throw DriverError{"its hello has the option signal_handler, and process " + actor.name() +
                      " has no handler for SIGUSR1"};
  }
}

void note_signals(Scenario& t, const Actor& actor) {
  Transcript& transcript = t.session().transcript();
  const auto step = transcript.begin({.process = actor.name(),
                                      .thread = "main",
                                      .text = "(signal USR1 to each thread, again and again)",
                                      .at = monotonic_now()});
  transcript.end(step, "sent", 0ns);
}

// The process runs all the time.
Interrupted signal_until(Scenario& t, const Actor& actor, Nanoseconds until) {
  note_signals(t, actor);
  while (monotonic_now() < until) {
    t.session().signal_threads(actor.name(), SIGUSR1);
    static_cast<void>(t.session().wait_until([] { return false; }, kBetweenSignals));
  }
  return {};
}

void finish_under_signals(Scenario& t, const std::vector<Actor>& actors,
                          const std::vector<Call*>& calls) {
  const auto done = [&] {
    return std::ranges::all_of(calls, [](const Call* call) { return call->answer.has_value(); });
  };
  for (const Actor& actor : actors) note_signals(t, actor);
  // What takes longer is looked at by who waits for the calls.
  FairBound bound{t.session().fair_clock(), t.hang_bound()};
  const auto is_over = [&] {
    const auto state = bound.state();
    return state == FairBound::State::kHung || state == FairBound::State::kUndecided;
  };
  while (!t.session().wait_until(done, kBetweenSignalsInTransfers) && !is_over()) {
    for (const Actor& actor : actors) t.session().signal_threads(actor.name(), SIGUSR1);
  }
}

// Items larger than transports, so that both sides are in the middle of one most of the time.
void transfer(Scenario& t, const Object& from, const Object& to, const Request& put_one,
              const Request& get_one) {
  const Actor producer = t.root().spawn("producer", {from});
  const Actor consumer = t.root().spawn("consumer", {to});
  needs_handler(t, producer);
  Call& gets = consumer.start(run({get_one.repeated(kTransfers)}));
  Call& puts = producer.start(run({put_one.repeated(kTransfers)}));
  finish_under_signals(t, {producer, consumer}, {&gets, &puts});
  t.expect(t.finish(puts), Outcome::kOk, "the list of puts ends");
  for (const Answer& answer : puts.events) t.expect(answer, Outcome::kOk, "no signal ends it");
  const Obtained obtained = all_obtained(t, gets);
  expect_exactly_once(t, {{"producer", kTransfers}}, {obtained});
  expect_producer_order(t, {obtained});
}

void transfer_in(Scenario& t, QueueKind kind) {
  const Object q = make(t.root(), kind);
  transfer(t, q, q, put(q, t.item("producer", 0, kMegabyte)), get(q));
}

const Tests kSignalTests{[](const Define& test) {
  for (const WaitingKind& kind : waiting_kinds()) {
    test("failure.signal.waiting-calls/" + kind.name, [kind](Scenario& t) {
      t.needs_option("signal_handler");
      const WaitingProcess waiting = kind.make(t);
      needs_handler(t, waiting.process);
      expect_waits_through(t, waiting, signal_until);
    });
  }

  test("failure.signal.transfers-whole/queue",
       [](Scenario& t) { transfer_in(t, QueueKind::kQueue); });
  test("failure.signal.transfers-whole/simple",
       [](Scenario& t) { transfer_in(t, QueueKind::kSimple); });
  test("failure.signal.transfers-whole/pipe", [](Scenario& t) {
    const auto [here, there] = t.root().pipe(true);
    transfer(t, here, there, send(here, t.item("producer", 0, kMegabyte)), recv(there));
  });
}};

}  // namespace
}  // namespace psq::conformance
