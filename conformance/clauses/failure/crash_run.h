// A run in which one process, the victim, is killed, terminated or stopped, and a look at how the
// survivors fare afterwards.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "suite/flow.h"

namespace psq::conformance {

inline constexpr auto kNothingWrong = "failure.moment.nothing-wrong";

/// What happens to the victim.
enum class Interruption { kKill, kTerminate, kStop };

/// A run that has reached a crash point: the object that the victim uses, and the other processes.
struct CrashRun {
  Object q;
  std::string victim = "victim";
  std::string putter = "root";  // puts from then on
  std::string getter = "survivor";
  std::int64_t bound = 0;
  /// How many items each producer has put: those beyond were never put.
  std::map<std::string, std::int64_t> put_by = {};
  /// Items of the victim that no process has obtained and whose puts had returned or need not.
  std::int64_t unread = 0;
  /// The survivors' gets that waited at the interruption, and the victim's call.
  std::vector<Call*> waiting = {};
  Call* pending = nullptr;
  /// What was obtained by then, by the victim too.
  std::vector<Obtained> obtained = {};
  /// A process that has to stand still until then, and to go on afterwards.
  std::optional<std::string> standing = {};
};

/// Of the puts and gets that show how the survivors fare; scaled by the patience.
inline constexpr auto kSurvivorTimeout = 250ms;

/// How the survivors fare.
struct Aftermath {
  std::string puts = "go on";
  std::string gets = "go on";
  std::string joins = {};  // of a queue that counts tasks
  std::int64_t lost = 0;   // items of the victim that were put and never obtained
  std::int64_t slots_gone = 0;
  Nanoseconds slowest{0};         // of the calls that ended
  Nanoseconds slowest_fairly{0};  // without the time that the machine withheld

  [[nodiscard]] bool all_go_on() const { return puts == "go on" && gets == "go on"; }
  [[nodiscard]] std::string in_words() const;
};

void interrupt(Scenario& t, const CrashRun& run, Interruption how);

/// Puts and gets in the survivors, each call bounded, and demands that nothing wrong is obtained. A
/// call that has not ended by `enough` beyond its timeout is taken to wait for ever, and an item
/// that was put and that no get finds within `becomes_visible` is taken for lost.
Aftermath look(Scenario& t, CrashRun& run, const std::string& clause, Nanoseconds enough,
               Nanoseconds becomes_visible = kSurvivorTimeout);

/// Observes how the survivors fare after a kill and, in a second run, after a SIGTERM.
void observe_deaths(Scenario& t, const std::string& clause,
                    const std::function<std::string(Interruption)>& survivors_after);

/// Throws what `check` throws, as a failure of this clause.
void for_clause(const std::string& clause, const std::function<void()>& check);

}  // namespace psq::conformance
