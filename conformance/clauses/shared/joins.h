// Bodies of the tests of tasks that several pages share.
#pragma once

#include <string>

#include "suite/scenario.h"

namespace psq::conformance {

/// A join waits until the last of several tasks is done, by this process: `root` or `worker`.
/// Returns the queue, which `worker` has too.
Object join_waits_for_tasks(Scenario& t, const std::string& finisher);
/// The last task_done releases every join, in this many processes with so many threads each.
void join_releases_all(Scenario& t, int joiners, int threads = 2);
/// A task_done without a task is refused and changes nothing. The one task is done by this process:
/// `root` or `other`.
void task_done_too_often(Scenario& t, const std::string& finisher);

}  // namespace psq::conformance
