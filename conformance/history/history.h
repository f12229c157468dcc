// A history: what the threads of several processes did to shared objects, and when.
//
// This is the meeting point of everything that records, stores, draws or judges runs. It knows
// nothing of how a history came to be, nor of how it is written to a file (spec/history-format.md
// is the public format; json_lines.h and monitor_text.h read it).
//
// Plain values, to be shared between threads as such: readers need no lock while no thread writes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "generated/enums.h"

namespace psq::history {

/// Nanoseconds of the machine-wide monotonic clock; in a file from elsewhere any unit that counts
/// up will do. Of two operations the first comes before the second when it returned strictly
/// before the other was invoked; equal times overlap.
using Time = std::int64_t;
inline constexpr Time kNever = INT64_MAX;    // `returned` of an operation that is pending
inline constexpr Time kForever = INT64_MAX;  // a timeout that never ends

// The enumerations are generated from the tables of spec/operations.md and spec/outcomes.md.
//
// ObjectKind: kPipe is ONE direction of a pipe. kManagerQueue is a queue without delay and with one
// order for all, as a server process keeps it; its tasks are counted as a joinable queue's are.
// Operator: what is sent through a pipe is put there, and what is received is got.
// Result: the outcomes that a checker tells apart. kPending: no return was seen.

/// One call. Indices point into the History that holds it.
struct Operation {
  Operator op = Operator::kPut;
  Result result = Result::kPending;
  bool intact = true;   // of a get: whether what was obtained was whole
  bool answer = false;  // of empty, full and poll
  std::uint16_t object = 0;
  std::uint16_t process = 0;
  std::uint32_t thread = 0;  // unique over all processes
  std::int64_t value = -1;   // put, get: index of a Value, -1 when unknown; qsize: the number
  Time timeout = kForever;   // 0: does not wait
  Time invoked = 0;
  Time returned = kNever;
};

/// An item: which producer made it, its number there, its size in bytes. Two items of one history
/// are told apart by producer and number together; checkers need them distinct.
struct Value {
  std::uint32_t producer = 0;  // index of History::producers
  std::int64_t seq = 0;
  std::int64_t size = 0;
};

struct ObjectInfo {
  std::string name;
  ObjectKind kind = ObjectKind::kQueue;
  std::int64_t maxsize = 0;     // 0 or less: no bound
  std::int64_t unfinished = 0;  // the count of unfinished tasks that it was created with
};

struct ThreadInfo {
  std::string process;
  std::string thread;
};

/// kExited: ended normally, as spec/model.md has it; kKilled: in any other way, the immediate exit
/// included.
enum class Death : std::uint8_t { kNone, kExited, kKilled };

struct ProcessInfo {
  std::string name;
  Death death = Death::kNone;
  Time died = kNever;
};

struct History {
  std::vector<ObjectInfo> objects;
  std::vector<ProcessInfo> processes;
  std::vector<ThreadInfo> threads;
  std::vector<std::string> producers;
  std::vector<Value> values;
  std::vector<Operation> operations;  // in any order
  /// Of operations, by index: what went wrong, as the implementation says it. Few have one.
  std::map<std::size_t, std::string> errors;
  /// Every object was read until it was empty, at a quiet end: what was not obtained is lost.
  bool complete = false;
};

}  // namespace psq::history
