// The deliberate faults: one row each, in the tables under faults/, one table a page of the law
// (the long pages have several). The driver's option --fault NAME installs one of them.
//
// A row is a Fault: name, clause, effect in one sentence, and a list of Effects that make it so.
// `also` are globs of the clauses at which tests may fail besides: what follows from the fault.
// `search` is there for a fault that generated programs have to find: in which test, at which
// clauses, within how many seconds. Faults whose name begins with "rare-" are found by that alone.
//
//   Fault("put-full-early", "queue.put.full-after-timeout", "put gives up after half of its
//   timeout",
//         {queues.put([](LocalQueue& queue, std::string_view item, Timeout timeout) {
//           return queue.put(item, half_of(timeout));
//         })},
//         {.also = {"queue.put.tiny-timeout"}}),
//
// An effect replaces one call, or listens at one probe. Take the first of these that will do:
//
//   queues.put(f), .get, .close, ...  (effects.h)  a call of a queue's core, QueueCore in the
//       reference. `f` gets the right queue first and calls it, or does something else; it may use
//       the private parts of all classes of the reference (these files are compiled with
//       -fno-access-control). `drop` is the destruction of a queue.
//   perform(f), create(f), in_child(f)  (effects.h)  a call of the driver: an operation on any
//       object, a creation, the begin of a child. faulty_adapter.h passes them on; where the driver
//       has another call that a fault has to replace, DriverCalls in behaviour.h gets one more
//       function, effects.h one more kind of effect, and faulty_adapter.cc the line that calls it.
//   alter("decision", f)  a decision that the reference's sources name: altered("decision", value,
//       context...). `f` takes (Value&, const Context&...) with exactly these types; any other
//       type aborts the driver when the decision is taken.
//   at_point("point", f)  a crash point: at("point") in the reference's sources, in DEATH.md.
//
// What effects remember stands in state.h: numbers of this process, of all processes, turns.
//
// Add a probe to the reference only for what happens within a call. Its name says what is decided
// there ("message.complete"), never what a fault makes of it.
#pragma once

#include <functional>
#include <optional>
#include <source_location>
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
  double budget = 20.0;              // Seconds.
};

struct Rest {
  std::vector<std::string> also = {};
  std::optional<Search> search = {};
};

struct Fault {
  Fault(std::string_view fault_name, std::string_view broken_clause, std::string_view what,
        std::vector<Effect> makers, Rest more = {},
        std::source_location row = std::source_location::current())
      : name(fault_name),
        clause(broken_clause),
        effect(what),
        effects(std::move(makers)),
        rest(std::move(more)),
        where(row) {}

  std::string_view name;
  std::string_view clause;
  std::string_view effect;
  std::vector<Effect> effects;
  Rest rest;
  std::source_location where;

  /// The file of the row, from the source tree's top folder.
  [[nodiscard]] std::string_view file() const {
    const std::string_view path = where.file_name();
    return path.substr(path.find("harness/drivers/faulty/"));
  }
};

/// The rows of all tables. Throws std::logic_error when two have one name.
[[nodiscard]] const std::vector<Fault>& all_faults();

/// Makes the driver wrong in this way, in this process and the children that it forks. To be called
/// once, while there is one thread. False: no fault has this name.
[[nodiscard]] bool install(std::string_view name);

}  // namespace psq::faulty
