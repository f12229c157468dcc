// What queues leave behind on purpose. Nothing of it is in the normal library.

#pragma once

namespace psq::detail {

// Once for each queue that is made: leaks what the chosen fault leaks, if it is one of these.
void fault_leak();

}  // namespace psq::detail
