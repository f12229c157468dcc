// What join promises on every page that has it.
#pragma once

namespace psq::conformance {

class Scenario;

/// The last task_done releases every join, in this many processes with two threads each.
void join_releases_all(Scenario& t, int joiners);

}  // namespace psq::conformance
