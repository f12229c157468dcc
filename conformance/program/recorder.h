// Turns the requests and answers of a session into a history that the checkers judge.
#pragma once

#include <cstdint>
#include <string>

#include "history/history.h"
#include "protocol/session.h"

namespace psq::conformance {

/// Which calls of a session belong to a history, and what its names are there.
struct Recording {
  std::int64_t first_call = 1;  // calls with smaller ids belong to earlier programs
  std::string suffix = {};      // of names, left out where a name ends with it
};

/// The calls on queues and pipes whose payloads are items, with the processes that made them. A
/// call that has no answer is pending; so is the next one of a list whose process died. Times are
/// counted from the first call. The history is not `complete`: the caller may know that it is.
history::History record(const Session& session, const Recording& recording = {});

}  // namespace psq::conformance
