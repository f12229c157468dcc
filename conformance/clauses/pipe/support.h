// Messages and pipes of the tests of spec/pipe.md.
#pragma once

#include <utility>

#include "suite/scenario.h"

namespace psq::conformance {

inline const Bytes kHello{"68656c6c6f"};
inline const Bytes kNext{"6e657874"};
inline const Bytes kNothing{""};

/// A pipe whose first end receives and whose second end sends; the other way too when duplex. One
/// of each direction fits in a test.
std::pair<Object, Object> pipe_of(const Actor& main, bool is_duplex);

/// Returns while the send waits for room in its pipe. Ends the test as unsupported where the pipe
/// takes the whole message at once.
void need_waits_for_room(Scenario& t, Call& sending);

}  // namespace psq::conformance
