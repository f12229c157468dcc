#include "program/run.h"

#include <signal.h>

#include <algorithm>
#include <utility>

namespace psq::conformance {
namespace {

// Long enough for every thread to be there; a thread that comes later begins at once.
constexpr auto kUntilStart = 4ms;
// A thread that is quiet for so long, and for twice the longest pause or timeout of the program,
// waits for another one.
constexpr auto kQuiet = 30ms;
// A second of help to the threads that wait, and then the second that the law gives.
constexpr auto kRobustAnswersWithin = 2s;
// No program is meant to take longer, in times of what is taken for a hang: a slow subject makes
// hundreds of calls meanwhile.
constexpr int kLongest = 12;

std::int64_t next_call(const Session& session) {
  const auto& calls = session.calls();
  return calls.empty() ? 1 : calls.rbegin()->first + 1;
}

std::size_t progress_of(const Running& thread) {
  return thread.call->events.size() + (thread.done() ? 1U : 0U);
}

}  // namespace

Run::Run(Scenario& t, const Program& program, std::string suffix, Nanoseconds hang_bound)
    : t_(t),
      program_(program),
      suffix_(std::move(suffix)),
      hang_bound_(hang_bound),
      live_(t, program, suffix_),
      helper_(t, program, live_.handles(), suffix_, live_.threads()),
      stopper_(t, program, live_),
      threads_(live_.threads()),
      quiet_after_(t.patient(std::max<Nanoseconds>(kQuiet, 2 * longest_time(program)))) {}

RunResult Run::result() {
  const Nanoseconds began = t_.fair_now();
  first_call_ = next_call(t_.session());
  try {
    go_through();
  } catch (const Inconclusive& doubt) {
    undecided_ = doubt.what();
  }
  RunResult result = judged();
  result.took = t_.fair_now() - began;
  return result;
}

void Run::go_through() {
  live_.set_up();
  started_ = monotonic_now() + kUntilStart;
  live_.start(started_);
  moved_at_ = monotonic_now();
  quiet_.emplace(t_.session().fair_clock(), hang_bound_ / FairBound::kHangs);
  bring_to_an_end();
  if (!stopped()) end_processes();
  if (!stopped()) empty_out();
}

const Peer& Run::peer(std::size_t process) { return t_.session().peer(live_.wire_name(process)); }

bool Run::all_done() const { return std::ranges::all_of(threads_, &Running::done); }

bool Run::robust() const {
  return t_.hello().profiles.contains("robust") &&
         std::ranges::none_of(program_.objects, is_pipe, &ObjectPlan::kind);
}

Nanoseconds Run::patience_after_kill() const {
  return t_.patient(robust() ? kRobustAnswersWithin : kGivesUpAfter);
}

bool Run::may_be_cut(const Lane& lane) const {
  return killed_some() && is_pipe(program_.objects[lane.object].kind);
}

std::size_t Run::progress() const {
  std::size_t ended = 0;
  for (const Running& each : threads_) ended += progress_of(each);
  return ended;
}

// Of the program alone: a call of the helper that has no effect is no progress.
std::size_t Run::own_progress() const {
  std::size_t ended = 0;
  for (const Running& each : threads_) {
    if (each.process < program_.processes.size()) ended += progress_of(each);
  }
  return ended;
}

void Run::bring_to_an_end() {
  while (!all_done() && !stopped()) {
    kill_those_due();
    stop_and_continue();
    end_those_that_leave();
    const std::size_t before = progress();
    const std::size_t own_before = own_progress();
    const bool moved = t_.session().wait_until([&] { return progress() != before; }, next_look());
    if (own_progress() != own_before) note_move();
    const Nanoseconds still_for = monotonic_now() - moved_at_;
    const bool quiet = still_for >= quiet_after_;
    if (quiet && (!moved || still_for > t_.patient(kGivesUpAfter))) explain_standstill();
    if (monotonic_now() - started_ > kLongest * hang_bound_)
      undecided_ = "it does not come to an end: a machine that is too slow (--patience)";
  }
  for (std::size_t i = killed_; i < program_.kills.size(); ++i) kill(program_.kills[i]);
  killed_ = program_.kills.size();
  if (stopper_.stands()) stopper_.resume();
}

void Run::note_move() {
  moved_at_ = monotonic_now();
  quiet_->restart();
}

Nanoseconds Run::next_look() const {
  Nanoseconds next = stopper_.next_at(started_);
  if (killed_ < program_.kills.size())
    next = std::min(next, started_ + program_.kills[killed_].after);
  return std::clamp<Nanoseconds>(next - monotonic_now(), 0ns, t_.patient(kQuiet));
}

void Run::kill_those_due() {
  while (killed_ < program_.kills.size() &&
         monotonic_now() >= started_ + program_.kills[killed_].after)
    kill(program_.kills[killed_++]);
}

void Run::kill(const Kill& kill) {
  const Peer& target = peer(kill.process);
  if (target.dead) return;
  ++kills_;
  t_.session().signal(live_.wire_name(kill.process), SIGKILL);
  // A death that takes longer is seen later.
  static_cast<void>(t_.session().wait_until([&] { return target.dead; }, hang_bound_));
}

void Run::end_those_that_leave() {
  for (std::size_t p = 0; p < program_.processes.size(); ++p) {
    const bool done = std::ranges::all_of(
        threads_, [&](const Running& each) { return each.process != p || each.done(); });
    if (program_.processes[p].leaves && done) end(p);
  }
}

void Run::end(std::size_t process) {
  const Peer& known = peer(process);
  if (!known.dead && !known.told_to_end)
    t_.session().start(live_.wire_name(process), end_by(Ending::kReturn));
}

}  // namespace psq::conformance
