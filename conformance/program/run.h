// One run of one program on real processes: from its start to the judgment of what was seen.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "program/helper.h"
#include "program/live_program.h"
#include "program/program.h"
#include "program/runner.h"
#include "program/stopper.h"
#include "program/tally.h"

namespace psq::conformance {

/// For one use. Throws DriverError, Unsupported.
class Run {
 public:
  /// The driver knows the program's names with `suffix` behind them. A call that must end and has
  /// not after `hang_bound` of fair time hangs.
  Run(Scenario& t, const Program& program, std::string suffix, Nanoseconds hang_bound);
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  RunResult result();

 private:
  void go_through();
  // run.cc: until all threads are done, or the reason is known why that does not happen.
  void bring_to_an_end();
  void kill_those_due();
  void kill(const Kill& kill);
  void stop_and_continue();
  [[nodiscard]] bool is_others_turn();
  void note_move();
  void end_those_that_leave();
  void end(std::size_t process);
  [[nodiscard]] Nanoseconds next_look() const;
  [[nodiscard]] std::size_t progress() const;
  [[nodiscard]] std::size_t own_progress() const;

  // run_standstill.cc: what is wrong, or who needs help, when no thread makes progress.
  void explain_standstill();
  void note_unobtainable();
  void give_up();
  bool intervene();
  Violation hang(const Owed& call);

  // run_ending.cc: the normal end of the processes, what is left in the objects, the judgment.
  void end_processes();
  [[nodiscard]] Nanoseconds end_bound() const;
  void note_endless_process();
  void empty_out();
  RunResult judged();
  void mark_hanging(RunResult& result) const;
  [[nodiscard]] bool all_dead();

  [[nodiscard]] const Peer& peer(std::size_t process);
  [[nodiscard]] bool all_done() const;
  [[nodiscard]] bool stopped() const { return violation_ || gave_up_ || !undecided_.empty(); }
  [[nodiscard]] bool killed_some() const { return has_kills(program_); }
  /// Whether survivors are promised to go on after a kill. On a pipe they wait as long as some
  /// process holds the other end.
  [[nodiscard]] bool robust() const;
  /// How long a survivor that may wait for ever is waited for after a kill.
  [[nodiscard]] Nanoseconds patience_after_kill() const;
  /// A message that a killed process has read or written in part blocks all later ones.
  [[nodiscard]] bool may_be_cut(const Lane& lane) const;

  Scenario& t_;
  const Program& program_;
  const std::string suffix_;
  const Nanoseconds hang_bound_;
  LiveProgram live_;
  Helper helper_;
  Stopper stopper_;
  const std::vector<Running>& threads_;
  const Nanoseconds quiet_after_;
  std::int64_t first_call_ = 0;
  Nanoseconds started_{0};
  Nanoseconds moved_at_{0};              // when a thread of the program last made progress
  std::optional<FairBound> quiet_ = {};  // since then
  std::size_t killed_ = 0;
  int kills_ = 0;
  std::optional<Violation> violation_ = {};
  std::string undecided_;
  const Call* hanging_ = nullptr;
  bool gave_up_ = false;
  bool complete_ = false;
};

/// The promise that survivors go on.
inline constexpr const char* kGoesOn = "failure.robust.goes-on";
/// The promise that a stopped process that waits delays no other process.
inline constexpr const char* kStopDelaysNone = "failure.robust.stop-delays-none";
/// After a kill no process has to go on, unless that is promised.
inline constexpr auto kGivesUpAfter = std::chrono::milliseconds{500};

}  // namespace psq::conformance
