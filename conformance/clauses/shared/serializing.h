// Bodies of the tests of how items are serialized that several pages share.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "suite/kinds.h"

namespace psq::conformance {

/// While one process serializes an item for long, another one's put and a third one's get are as
/// quick as ever.
void serializing_delays_none(Scenario& t, QueueKind kind);
/// The same while a consumer makes an item from what it has received.
void deserializing_delays_none(Scenario& t, QueueKind kind);

/// Puts one object several times, changed after it was obtained. `put_one` and `get_one` may use
/// one queue, or the two ends of a pipe.
void changed_object_comes_anew(Scenario& t, const std::function<Request(const Item&)>& put_one,
                               const Request& get_one);

/// The kinds of errors besides ordinary ones that the driver can let items fail with. Ends the test
/// as unsupported when there is none.
std::vector<std::string> odd_failures(const Scenario& t);
Item oddly_failing_item(const Scenario& t, const std::string& kind, const std::string& at);

/// Items that fail to be serialized, with each kind of error, stop no other item and keep no slot.
void odd_serializing_stops_nothing(Scenario& t, QueueKind kind);
/// The same of items that fail to be made from what was received.
void odd_deserializing_stops_nothing(Scenario& t, QueueKind kind);

}  // namespace psq::conformance
