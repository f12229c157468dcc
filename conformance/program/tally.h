// Counts, lane by lane, of the calls that the threads of a running program have made or wait in.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "program/program.h"
#include "protocol/session.h"

namespace psq::conformance {

/// A path of items in order: a queue, or one direction of a pipe, by the end that sends.
struct Lane {
  std::size_t object = 0;
  int sender = 0;
  friend bool operator==(const Lane&, const Lane&) = default;
};
std::vector<Lane> lanes_of(const Program& program);

/// A list of calls that one thread was asked to make.
struct Running {
  std::size_t process = 0;
  const Call* call = nullptr;
  std::vector<PlannedCall> calls;

  [[nodiscard]] bool done() const { return call->answer.has_value(); }
  /// The call that it is in, or is about to make.
  [[nodiscard]] const PlannedCall* pending() const;
  /// The time of its last sign of progress.
  [[nodiscard]] Nanoseconds newest() const;
  /// How many calls like the pending one it makes in a row.
  [[nodiscard]] std::int64_t in_a_row() const;
};

/// Counts of calls that ended as ok, and of threads that are in a call now.
struct Tally {
  std::int64_t put = 0;
  std::int64_t got = 0;
  std::int64_t tasks_done = 0;
  int putting = 0;  // without a timeout
  int getting = 0;
  int joining = 0;
  std::int64_t to_put = 0;  // by the threads in `putting`, before any other call
  std::int64_t to_get = 0;
  const Running* bounded = nullptr;  // a thread whose call has a timeout and has not ended

  /// Negative when a get has obtained what a put, whose end is not seen yet, is about to put.
  [[nodiscard]] std::int64_t items() const { return put - got; }
  /// How many items are still to be taken for the threads in `putting` to go on.
  [[nodiscard]] std::int64_t in_the_way() const {
    return std::max<std::int64_t>(0, items() + to_put);
  }
  [[nodiscard]] std::int64_t unfinished() const { return put - tasks_done; }
};
Tally tally(const Program& program, const std::vector<Running>& threads, const Lane& lane);

/// Whether a list that has not ended has calls that put items into the lane, or get items from it.
/// A connection is for one sender and one receiver at a time: while a list has such calls, made or
/// still to be made, the end of the pipe belongs to it.
bool has_sender(const Program& program, const std::vector<Running>& threads, const Lane& lane);
bool has_receiver(const Program& program, const std::vector<Running>& threads, const Lane& lane);

/// A thread whose call must end now by the counts, with the reason and the clause.
struct Owed {
  const Running* thread = nullptr;
  std::string clause = {};
  std::string why = {};
};
Owed owed(const Program& program, const std::vector<Running>& threads, const Lane& lane);
/// The same of the threads of other processes while one is stopped in calls that wait: it may hold
/// what it was about to take or to give, and its feeder sends nothing.
Owed owed_beside(const Program& program, const std::vector<Running>& threads, const Lane& lane,
                 std::size_t stopped);

/// `queue`, `joinable-queue`, …: the page of the law about such objects.
std::string page_of(Kind kind);

}  // namespace psq::conformance
