// The checkers: pure functions from a history to a judgment.
//
// None of them keeps state, touches a file or a clock, or changes the history; they may run side by
// side on one history. A history is judged as it stands: that it was recorded faithfully (times
// read directly around each call) is the recorder's promise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "history/history.h"

namespace psq::history {

/// Unknown is never a pass: the checker could not decide, and `why` says why not.
enum class Judgment : std::uint8_t { kHolds, kViolated, kUnknown };
[[nodiscard]] std::string_view to_string(Judgment judgment);

/// What one checker found out.
struct Finding {
  Judgment judgment = Judgment::kHolds;
  std::string checker;
  std::string clause = {};  // id of the clause of the law that is broken; empty where none says it
  std::string why = {};     // of every judgment but kHolds
  /// Indices of operations that show it; none of them can be left out. Empty when it holds.
  std::vector<std::size_t> witness = {};
};

/// Every value obtained was put, and not after it was obtained; it came whole.
[[nodiscard]] Finding check_nothing_invented(const History& history);
/// No value was obtained twice.
[[nodiscard]] Finding check_nothing_duplicated(const History& history);
/// In a complete history, every value whose put ended as ok was obtained. What killed processes
/// had in their buffers, or were about to get, may be lost.
[[nodiscard]] Finding check_nothing_lost(const History& history);
/// What a thread, and what the threads of one process one after the other, put into a queue is
/// obtained in that order; gets of several threads are compared when one came before the other.
[[nodiscard]] Finding check_producer_order(const History& history);
/// No queue holds more items than its bound.
[[nodiscard]] Finding check_capacity(const History& history);
/// Gets ended as empty, and empty answered true, only where the law allows it.
[[nodiscard]] Finding check_empty(const History& history);
/// Puts ended as full, and full answered, only where the law allows it.
[[nodiscard]] Finding check_full(const History& history);
/// qsize counted what was in the queue, where the queue was quiet.
[[nodiscard]] Finding check_qsize(const History& history);
/// task_done was refused only while no task was unfinished, and never when one was.
[[nodiscard]] Finding check_tasks(const History& history);
/// No join returned while a task was unfinished.
[[nodiscard]] Finding check_join(const History& history);
/// No timed call gave up before its timeout had passed.
[[nodiscard]] Finding check_timeouts(const History& history);

/// Whether the puts and gets of one object, in real time, are those of one strict
/// first-in-first-out queue without a bound: O(n log n) for distinct values. Complete and pending
/// operations and gets that ended as empty included; unknown only where a pending get makes it
/// undecidable in that time.
/// Precondition: object < history.objects.size().
[[nodiscard]] Finding check_fifo(const History& history, std::size_t object);

/// All the checkers that apply to the kinds of the history's objects, one finding each at least.
/// A history without operations is unknown: nothing was seen.
[[nodiscard]] std::vector<Finding> check_all(const History& history);

/// The worst of several: violated before unknown before holds; of none at all, unknown.
[[nodiscard]] Judgment worst(const std::vector<Finding>& findings);

}  // namespace psq::history
