// The deliberate faults: one row each, in the tables under faults/, one table a page of the law
// (the long pages have several). The driver's option --fault NAME installs one of them.
//
// A row is a Fault: name, clause, effect in one sentence, and the Effects that make it so. `also`
// are globs of the clauses at which tests may fail besides, because of the fault. `search` is for a
// fault that generated programs have to find: in which test, at which clauses, in how many programs
// (searches.h). `thorough` is for a fault that only thorough tests find; `psq kill-matrix
// --thorough` plays those. A fault whose name begins with "rare-" is found by generated programs
// alone.
//
//   fault("get-loses", "queue.get.exactly-once", "every fourth item is thrown away",
//         {get_loses(queues, [](LocalQueue&) { return every(4); })},
//         {.also = {"queue.get.*"}}),
//
// An effect replaces a call, or listens at a probe. Take the first of these that suffices:
//
//   what other faults of the kind use  queue_effects.h, item_effects.h, timeout_effects.h,
//       feeder_effects.h, connection_effects.h, process_effects.h, interruption_effects.h.
//   queues.put(f), .get, .close, ...  (effects.h)  a call of a queue's core, QueueCore in the
//       reference. `f` takes the right queue first, and calls it or does something else. It may use
//       the private parts of the reference: these files are compiled with -fno-access-control.
//       `drop` is the destruction of a queue.
//   perform(f), create(f), in_child(f)  (effects.h)  a call of the driver: an operation on any
//       object, a creation, the begin of a child. faulty_adapter.h makes these calls. For another
//       call of the driver, add a function to behaviour.h and the line that calls it.
//   alter("decision", f)  a decision that the reference's sources name: altered("decision", value,
//       context...). `f` takes (Value&, const Context&...) with exactly these types; other types
//       abort the driver when the decision is taken.
//   at_point("point", f)  a crash point: at("point") in the reference's sources, and in DEATH.md.
//
// What effects remember is in state.h: numbers of this process and of all processes, turns.
//
// Add a probe to the reference only for what happens within a call. Its name says what is decided
// there ("process.dead"), not what a fault makes of it.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace psq::faulty {

struct Behaviour;  // behaviour.h

/// Enters what it changes. Called once, before the driver serves.
using Effect = std::function<void(Behaviour&)>;

/// How generated programs find a fault.
struct Search {
  std::string test;
  std::vector<std::string> clauses;  // A failure at any of them counts.
  int programs = 500;                // The search ends after so many.
};

struct Rest {
  std::vector<std::string> also = {};
  std::optional<Search> search = {};
  bool thorough = false;
};

struct Fault {
  std::string_view name;
  std::string_view clause;
  std::string_view effect;
  std::vector<Effect> effects;
  Rest rest;
  std::string_view file;  // From the source tree's top folder.
  int line;
};

/// A row. A function and no constructor, because g++ knows the first line of a function's call; and
/// no std::source_location, which clang 14 does not have.
[[nodiscard]] inline Fault fault(std::string_view name, std::string_view clause,
                                 std::string_view effect, std::vector<Effect> effects,
                                 Rest rest = {}, std::string_view file = __builtin_FILE(),
                                 int line = __builtin_LINE()) {
  file.remove_prefix(file.find("harness/drivers/faulty/"));
  return {name, clause, effect, std::move(effects), std::move(rest), file, line};
}

/// The rows of all tables. Throws std::logic_error when two have one name.
[[nodiscard]] const std::vector<Fault>& all_faults();

/// Makes the driver wrong in this way, in this process and the children that it forks. To be called
/// once, while there is one thread. False: no fault has this name.
[[nodiscard]] bool install(std::string_view name);

}  // namespace psq::faulty
