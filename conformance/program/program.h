// A whole concurrent program as a value: the calls that processes, with several threads each, make
// on shared objects. The generator draws it, the runner executes it on real processes, and
// shrinking makes it smaller.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "law/vocabulary.h"
#include "protocol/posix.h"

namespace psq::conformance {

enum class Kind : std::uint8_t { kQueue, kJoinableQueue, kSimpleQueue, kPipe, kDuplexPipe };
/// The type of object that a driver knows it as.
ObjectType type_of(Kind kind);
bool is_pipe(Kind kind);
/// Whether its put and get take a timeout.
bool is_timed(Kind kind);

/// `put` or `send`.
Operation put_of(Kind kind);
/// `get` or `recv`.
Operation get_of(Kind kind);
bool puts(Operation operation);
bool gets(Operation operation);

inline constexpr Nanoseconds kNoEnd = Nanoseconds::max();

/// One or more calls of the same sort, back to back.
struct Action {
  Operation operation = Operation::kPut;  // of that kind of object, or a pause
  std::size_t object = 0;
  int end = 0;                // of a pipe: 0 is its first end
  std::int64_t repeat = 1;    // at least 1
  std::int64_t size = 0;      // of what is put, in bytes; the driver's least when it is smaller
  Nanoseconds time = kNoEnd;  // the timeout (0: does not wait), or how long a pause is
  friend bool operator==(const Action&, const Action&) = default;
};

/// `starts` is counted from the start that all threads of a program share.
struct ThreadPlan {
  std::vector<Action> steps;
  Nanoseconds starts{0};
  friend bool operator==(const ThreadPlan&, const ThreadPlan&) = default;
};

struct ProcessPlan {
  std::vector<ThreadPlan> threads;
  /// Whether it ends as soon as its own threads are done, or when all threads are.
  bool leaves = false;
  friend bool operator==(const ProcessPlan&, const ProcessPlan&) = default;
};

struct ObjectPlan {
  Kind kind = Kind::kQueue;
  std::int64_t maxsize = 0;  // 0: no bound
  friend bool operator==(const ObjectPlan&, const ObjectPlan&) = default;
};

/// A process that the controller kills, so long after the start.
struct Kill {
  std::size_t process = 0;
  Nanoseconds after{0};
  friend bool operator==(const Kill&, const Kill&) = default;
};

/// A process that the controller stops, at least so long after the start, for about so long.
struct Stop {
  std::size_t process = 0;
  Nanoseconds after{0};
  Nanoseconds lasts{0};
  bool when_it_waits = false;  // not before each of its threads sleeps, one of them in a call
  bool killed = false;         // then, instead of being continued
  friend bool operator==(const Stop&, const Stop&) = default;
};

/// Steps, kills and stops have indices of these lists. At most one thread sends and one receives at
/// each end of a pipe: a connection is not for several threads.
struct Program {
  std::vector<ObjectPlan> objects;
  std::vector<ProcessPlan> processes;
  std::vector<Kill> kills = {};
  std::vector<Stop> stops = {};  // one after the other
  friend bool operator==(const Program&, const Program&) = default;
};

/// Whether one of its processes may die by a signal.
bool has_kills(const Program& program);

std::string process_name(std::size_t process);  // "p0"
std::string thread_name(std::size_t thread);    // "main", "b", "c"
std::string object_name(const Program& program, std::size_t object);

/// One call of a thread: each repetition is a call of its own, and a pause is none.
struct PlannedCall {
  Operation operation;
  std::size_t object;
  int end;
  Nanoseconds time;
  friend bool operator==(const PlannedCall&, const PlannedCall&) = default;
};
std::vector<PlannedCall> calls_of(const ThreadPlan& thread);

/// The program with timeouts that are so many times as long; what does not wait still does not.
Program stretched(Program program, double times);

/// The longest of its timeouts and pauses.
Nanoseconds longest_time(const Program& program);

/// How many calls it makes: what shrinking makes smaller.
std::size_t calls_in(const Program& program);

/// The objects, then a column for each thread of each process.
std::string in_columns(const Program& program);

}  // namespace psq::conformance
