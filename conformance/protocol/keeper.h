// Ends every process of a driver with the suite, however the suite ends.
#pragma once

#include <functional>

namespace psq::conformance {

/// Runs `body` in a child of this process and returns its status. Two processes, so that each
/// cleans up after the other: whichever is killed or told to end (SIGINT, SIGTERM, SIGHUP), the
/// other ends every process that descends from it, stopped ones and those of other sessions
/// included. A kill of both at once is for a subreaper above them.
///
/// Returns 128 and the number of the signal when this process was told to end. Ends by the same
/// signal when the child did. To be called before there are threads.
int kept(const std::function<int()>& body);

}  // namespace psq::conformance
