// The root process as the helper of a running program: it takes items that block a producer, puts
// items that a consumer waits for, and reads every object empty at the end. Its calls are part of
// the history.
//
// The helper is one more user of a queue, which may have any number of them. It uses an end of a
// pipe only when no list that has not ended uses it: two receivers would share the stream of
// messages, and so would two senders, which the law leaves open.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "program/program.h"
#include "program/tally.h"
#include "suite/scenario.h"

namespace psq::conformance {

/// The objects of one program as the driver knows them. A queue has one handle, a pipe two ends.
struct Handles {
  std::vector<std::vector<Object>> of_object;
  [[nodiscard]] const Object& at(std::size_t object, int end) const;
};

class Helper {
 public:
  /// The helper adds its lists to `threads`, which holds those of the program already.
  Helper(Scenario& t, const Program& program, const Handles& handles, const std::string& suffix,
         std::vector<Running>& threads)
      : t_(t), program_(program), handles_(handles), suffix_(suffix), threads_(threads) {}

  /// Begins calls that let a waiting thread of the lane go on; false when there are none such.
  bool intervene(const Lane& lane);
  /// Whether its newest get of the lane has ended, and obtained nothing.
  [[nodiscard]] bool found_nothing(const Lane& lane) const;
  /// Begins to take the items that are there; false when there are none, or it may not.
  bool take(const Lane& lane);
  /// Takes items until there are none, when all other processes have ended. False when a call
  /// hangs.
  [[nodiscard]] bool empty_out(const Lane& lane, Nanoseconds hang_bound);

 private:
  [[nodiscard]] Kind kind(const Lane& lane) const { return program_.objects[lane.object].kind; }
  [[nodiscard]] bool timed(const Lane& lane) const { return is_timed(kind(lane)); }
  bool intervene_in_pipe(const Lane& lane, const Tally& counts);
  const Running& start(std::vector<Request> operations, std::vector<PlannedCall> calls);
  const Running& take_items(const Lane& lane, std::int64_t count, Nanoseconds timeout);
  void give(const Lane& lane, std::int64_t count);
  [[nodiscard]] bool end_own_gets(const Lane& lane, Nanoseconds hang_bound);
  [[nodiscard]] bool read_up_to_own(const Lane& lane, Nanoseconds hang_bound);
  void finish_tasks(const Lane& lane, std::int64_t count);
  [[nodiscard]] bool finish(const Running& list, Nanoseconds hang_bound);
  [[nodiscard]] std::optional<bool> there_is_one(const Lane& lane, Nanoseconds timeout,
                                                 Nanoseconds hang_bound);
  [[nodiscard]] std::string free_thread() const;

  Scenario& t_;
  const Program& program_;
  const Handles& handles_;
  const std::string& suffix_;
  std::vector<Running>& threads_;
  std::int64_t given_ = 0;
};

}  // namespace psq::conformance
