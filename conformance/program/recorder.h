// From what a session was asked and answered to a history that the checkers judge.
#pragma once

#include <cstdint>
#include <string>

#include "history/history.h"
#include "protocol/session.h"

namespace psq::conformance {

/// Which calls of a session belong to a history, and how its names read there.
struct Recording {
  std::int64_t first_call = 1;  // calls with smaller ids are of something else
  std::string suffix = {};      // of names, left out where a name ends with it
};

/// The calls on queues and pipes whose payloads are items, with the processes that made them. A
/// call that has no answer is pending; so is the next one of a list whose process died. Times are
/// counted from the first call. The history is not `complete`: that is for the caller to know.
history::History record(const Session& session, const Recording& recording = {});

}  // namespace psq::conformance
