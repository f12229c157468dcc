#include "program/runner.h"

#include <signal.h>

#include <algorithm>
#include <map>

#include "program/helper.h"
#include "program/judge.h"
#include "program/live_program.h"
#include "program/recorder.h"
#include "program/tally.h"

namespace psq::conformance {
namespace {

// Long enough for every thread to be there; each begins at once when it comes later.
constexpr auto kUntilStart = 4ms;
// Longer than any pause or timeout of a program: who is quiet for so long waits for somebody.
constexpr auto kQuiet = 30ms;
constexpr auto kDiesWithin = 25ms;
// After a kill nobody has to go on, unless that is promised.
constexpr auto kGivesUpAfter = 500ms;
// A second of help to those who wait for somebody, and then the second that the law gives.
constexpr auto kRobustAnswersWithin = 2s;
constexpr auto kGoesOn = "failure.robust.goes-on";
// No program is meant to take longer, in times of what is taken for a hang.
constexpr int kLongest = 6;
// The more a session has done, the slower it looks through what it has.
constexpr int kRunsInARow = 40;

/// One run of one program.
class Run {
 public:
  Run(Scenario& t, const Program& program, std::string suffix, Nanoseconds hang_bound)
      : t_(t),
        program_(program),
        suffix_(std::move(suffix)),
        hang_bound_(hang_bound),
        live_(t, program, suffix_),
        helper_(t, program, live_.handles(), suffix_, live_.threads()),
        threads_(live_.threads()) {}

  RunResult result() {
    first_call_ = next_call();
    live_.set_up();
    started_ = monotonic_now() + kUntilStart;
    live_.start(started_);
    moved_at_ = monotonic_now();
    bring_to_an_end();
    if (!stopped()) end_processes();
    if (!stopped()) empty_out();
    return judged();
  }

 private:
  [[nodiscard]] std::int64_t next_call() const {
    const auto& calls = t_.session().calls();
    return calls.empty() ? 1 : calls.rbegin()->first + 1;
  }
  [[nodiscard]] const Peer& peer(std::size_t process) {
    return t_.session().peer(live_.wire_name(process));
  }
  /// Whether the others are promised to go on after a kill. On a pipe they wait, as long as anybody
  /// holds the other end.
  [[nodiscard]] bool robust() const {
    return t_.hello().profiles.contains("robust") &&
           std::ranges::none_of(program_.objects, is_pipe, &ObjectPlan::kind);
  }

  [[nodiscard]] std::size_t progress() const {
    std::size_t ended = 0;
    for (const Running& each : threads_)
      ended += each.call->events.size() + (each.done() ? 1U : 0U);
    return ended;
  }
  /// Of the program alone: what the helper does in vain moves nobody.
  [[nodiscard]] std::size_t own_progress() const {
    std::size_t ended = 0;
    for (const Running& each : threads_) {
      if (each.process < program_.processes.size())
        ended += each.call->events.size() + (each.done() ? 1U : 0U);
    }
    return ended;
  }
  [[nodiscard]] bool stopped() const { return violation_ || gave_up_ || !undecided_.empty(); }
  /// After a kill, how long somebody who may wait for ever is waited for.
  [[nodiscard]] Nanoseconds patience_after_kill() const {
    return t_.patient(robust() ? kRobustAnswersWithin : kGivesUpAfter);
  }
  /// A message of which a killed process has read or written a part is in the way of all others.
  [[nodiscard]] bool may_be_cut(const Lane& lane) const {
    return !program_.kills.empty() && is_pipe(program_.objects[lane.object].kind);
  }
  [[nodiscard]] bool all_done() const { return std::ranges::all_of(threads_, &Running::done); }

  /// Until all threads are done, or it is known why that will not be.
  void bring_to_an_end() {
    while (!all_done() && !stopped()) {
      kill_who_is_due();
      let_leave();
      const std::size_t before = progress();
      const std::size_t own_before = own_progress();
      const bool moved = t_.session().wait_until([&] { return progress() != before; }, next_look());
      if (own_progress() != own_before) moved_at_ = monotonic_now();
      const bool quiet = monotonic_now() - moved_at_ >= t_.patient(kQuiet);
      if (quiet && (!moved || monotonic_now() - moved_at_ > t_.patient(kGivesUpAfter)))
        see_why_nobody_moves();
      if (monotonic_now() - started_ > kLongest * hang_bound_)
        undecided_ = "it does not come to an end: a machine that is too slow (--patience)";
    }
    for (std::size_t i = killed_; i < program_.kills.size(); ++i) kill(program_.kills[i]);
    killed_ = program_.kills.size();
  }

  [[nodiscard]] Nanoseconds next_look() const {
    if (killed_ == program_.kills.size()) return t_.patient(kQuiet);
    return std::clamp<Nanoseconds>(started_ + program_.kills[killed_].after - monotonic_now(), 0ns,
                                   t_.patient(kQuiet));
  }

  void kill_who_is_due() {
    while (killed_ < program_.kills.size() &&
           monotonic_now() >= started_ + program_.kills[killed_].after)
      kill(program_.kills[killed_++]);
  }

  void kill(const Kill& kill) {
    const Peer& target = peer(kill.process);
    if (target.dead) return;
    t_.session().signal(live_.wire_name(kill.process), SIGKILL);
    // Nothing to be said of when that is not so.
    static_cast<void>(t_.session().wait_until([&] { return target.dead; }, hang_bound_));
  }

  void let_leave() {
    for (std::size_t p = 0; p < program_.processes.size(); ++p) {
      const bool done = std::ranges::all_of(
          threads_, [&](const Running& each) { return each.process != p || each.done(); });
      if (program_.processes[p].leaves && done) end(p);
    }
  }

  void end(std::size_t process) {
    const Peer& known = peer(process);
    if (!known.dead && !known.told_to_end)
      t_.session().start(live_.wire_name(process), end_by("return"));
  }

  void see_why_nobody_moves() {
    const Nanoseconds quiet_for = monotonic_now() - moved_at_;
    if (!program_.kills.empty()) {
      if (quiet_for > patience_after_kill()) give_up();
      if (quiet_for < patience_after_kill() / 2) intervene();
      return;
    }
    for (const Lane& lane : lanes_of(program_)) {
      const Owed call = owed(program_, threads_, lane);
      if (call.thread == nullptr) continue;
      if (quiet_for >= hang_bound_) violation_ = hang(call);
      return;  // it is given its time
    }
    const bool any = intervene();
    if (quiet_for < hang_bound_) return;
    note_unobtainable();
    if (!any && !violation_)
      undecided_ = "no thread moves, and none waits for anything: a machine that is too slow";
  }

  /// They are asked for all the time, and nobody gets them.
  void note_unobtainable() {
    for (const Lane& lane : lanes_of(program_)) {
      const std::int64_t items = tally(program_, threads_, lane).items();
      if (items <= 0) continue;
      violation_ = Violation{
          .clause = page_of(program_.objects[lane.object].kind) +
                    (is_pipe(program_.objects[lane.object].kind) ? ".order.messages"
                                                                 : ".get.exactly-once"),
          .checker = "end",
          .why = std::to_string(items) + " items were put, and can be obtained by nobody"};
    }
  }

  void give_up() {
    if (robust()) {
      violation_ = Violation{
          .clause = kGoesOn, .checker = "end", .why = "after the kill a survivor waits for ever"};
    } else {
      gave_up_ = true;  // nothing else is promised; what was seen until now is judged
    }
  }

  bool intervene() {
    bool any = false;
    for (const Lane& lane : lanes_of(program_)) {
      if (!may_be_cut(lane)) any = helper_.intervene(lane) || any;
    }
    return any;
  }

  Violation hang(const Owed& call) {
    std::string why = call.thread->call->process + "/" + call.thread->call->request.thread + ": " +
                      call.why + ", for " + human(monotonic_now() - moved_at_);
    if (const auto at = why.find(suffix_); at != std::string::npos) why.erase(at, suffix_.size());
    hanging_ = call.thread->call;
    return {.clause = call.clause, .checker = "end", .why = why};
  }

  [[nodiscard]] bool all_dead() {
    for (std::size_t p = 0; p < program_.processes.size(); ++p) {
      if (!peer(p).dead) return false;
    }
    return true;
  }

  /// Everything of a process that has ended is visible.
  void end_processes() {
    for (std::size_t p = 0; p < program_.processes.size(); ++p) end(p);
    const Nanoseconds deadline =
        monotonic_now() + (program_.kills.empty() ? hang_bound_ : patience_after_kill());
    while (!t_.session().wait_until([&] { return all_dead(); }, t_.patient(kDiesWithin))) {
      if (monotonic_now() > deadline) return note_endless_process();
      if (!all_done()) continue;
      for (const Lane& lane : lanes_of(program_)) {
        if (!may_be_cut(lane)) helper_.take(lane);
      }
    }
  }

  void note_endless_process() {
    if (!program_.kills.empty() && !robust()) {
      gave_up_ = true;
      return;
    }
    const Kind kind = program_.objects[0].kind;
    violation_ = Violation{
        .clause = !program_.kills.empty()        ? kGoesOn
                  : kind == Kind::kJoinableQueue ? "joinable-queue.exit.flushes"
                  : kind == Kind::kQueue         ? "queue.exit.large-flush"
                                                 : "",
        .checker = "end",
        .why = "a process whose threads are done does not end within " + human(hang_bound_)};
  }

  void empty_out() {
    // What the helper still takes must be counted first.
    static_cast<void>(t_.session().wait_until([&] { return all_done(); }, patience_after_kill()));
    for (const Lane& lane : lanes_of(program_)) {
      if (may_be_cut(lane)) return;
      const bool killed = !program_.kills.empty();
      if (helper_.empty_out(lane, killed ? patience_after_kill() : hang_bound_)) continue;
      if (killed && !robust()) return;  // it reads on for ever: incomplete
      violation_ = Violation{.clause = killed ? kGoesOn : "",
                             .checker = "end",
                             .why = "a get at the end, with nobody else there, does not end"};
      return;
    }
    complete_ = true;
  }

  RunResult judged() {
    RunResult result{.history = record(t_.session(), {first_call_, suffix_}),
                     .violation = std::move(violation_),
                     .undecided = std::move(undecided_)};
    result.history.complete = complete_;
    result.overlapping = overlapping_pairs(result.history);
    if (hanging_ != nullptr) mark_hanging(result);
    if (!result.violation) judge(program_, threads_, result);
    return result;
  }

  // The pending call of that thread.
  void mark_hanging(RunResult& result) const {
    const auto& history = result.history;
    for (std::size_t i = 0; i < history.operations.size(); ++i) {
      const auto& thread = history.threads[history.operations[i].thread];
      if (history.operations[i].returned == history::kNever &&
          thread.process + suffix_ == hanging_->process &&
          thread.thread == hanging_->request.thread)
        result.violation->witness.push_back(i);
    }
  }

  Scenario& t_;
  const Program& program_;
  const std::string suffix_;
  const Nanoseconds hang_bound_;
  LiveProgram live_;
  Helper helper_;
  const std::vector<Running>& threads_;
  std::int64_t first_call_ = 0;
  Nanoseconds started_{0};
  Nanoseconds moved_at_{0};
  std::size_t killed_ = 0;
  std::optional<Violation> violation_ = {};
  std::string undecided_;
  const Call* hanging_ = nullptr;
  bool gave_up_ = false;
  bool complete_ = false;
};

}  // namespace

RunResult ProgramRunner::run(const Program& program, Nanoseconds hang_bound) {
  if (afresh_ || runs_ == kRunsInARow) {
    t_.restart();
    runs_ = 0;
  }
  afresh_ = true;  // unless it comes to a good end
  RunResult result = Run{t_, program, "-" + std::to_string(++runs_), hang_bound}.result();
  afresh_ = result.violation || !result.undecided.empty() || !program.kills.empty();
  return result;
}

std::size_t overlapping_pairs(const history::History& history) {
  std::map<std::uint16_t, std::vector<const history::Operation*>> by_object;
  for (const auto& each : history.operations) by_object[each.object].push_back(&each);
  std::size_t pairs = 0;
  for (auto& [object, operations] : by_object) {
    std::ranges::sort(operations, {}, &history::Operation::invoked);
    for (std::size_t i = 0; i < operations.size(); ++i) {
      for (std::size_t j = i + 1; j < operations.size(); ++j) {
        if (operations[j]->invoked > operations[i]->returned) break;
        if (operations[j]->thread != operations[i]->thread) ++pairs;
      }
    }
  }
  return pairs;
}

}  // namespace psq::conformance
