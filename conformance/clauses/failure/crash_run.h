// The moments at which a process can be interrupted, each made on purpose and shown to have been
// hit, and a look at how the others fare afterwards.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "suite/flow.h"

namespace psq::conformance {

inline constexpr auto kNothingWrong = "failure.moment.nothing-wrong";

/// What happens to the process.
enum class Strike { kKill, kTerminate, kStop };

/// One moment: the object that the doomed process is using, and who is there besides.
struct CrashRun {
  Object q;
  std::string doomed = "doomed";
  std::string putter = "root";  // puts from then on
  std::string getter = "survivor";
  std::int64_t bound = 0;
  /// How many items each producer has put: those beyond were never put.
  std::map<std::string, std::int64_t> put_by = {};
  /// Of the doomed process: items that nobody has obtained, whose puts had returned or need not.
  std::int64_t unread = 0;
  /// The others' gets that were waiting when the process was interrupted, and the doomed one's.
  std::vector<Call*> waiting = {};
  Call* pending = nullptr;
  /// What was obtained by then, the doomed process's own gets included.
  std::vector<Obtained> obtained = {};
  /// A process that the moment needs to stand still, and to go on afterwards.
  std::optional<std::string> standing = {};
};

/// Brings a new run to the moment.
using Moment = CrashRun (*)(Scenario&);

/// Of the puts and gets by which the others are looked at.
inline constexpr auto kTheirTimeout = 250ms;

/// How the others fare.
struct Aftermath {
  std::string puts = "go on";
  std::string gets = "go on";
  std::string joins = {};  // of a queue that counts tasks
  std::int64_t lost = 0;   // items of the doomed process that were put and never obtained
  std::int64_t slots_gone = 0;
  Nanoseconds slowest{0};  // of the calls that ended

  [[nodiscard]] bool all_go_on() const { return puts == "go on" && gets == "go on"; }
  [[nodiscard]] std::string in_words() const;
};

/// Strikes the doomed process of a run.
void strike(Scenario& t, const CrashRun& run, Strike how);

/// Puts and gets in the others' name, each call bounded, and demands that nothing wrong is
/// obtained.
/// A call that has not ended by `enough` beyond its timeout is said to wait for ever.
Aftermath look(Scenario& t, CrashRun& run, const std::string& clause, Nanoseconds enough);

/// Observes how the others fare after a kill and, in a second run, after a SIGTERM.
void observe_deaths(Scenario& t, const std::string& clause,
                    const std::function<std::string(Strike)>& others_after);

/// Throws what `check` throws, as a failure of this clause.
void for_clause(const std::string& clause, const std::function<void()>& check);

}  // namespace psq::conformance
