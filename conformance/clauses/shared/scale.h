// Bodies of the tests with large numbers: of items, of bytes.
#pragma once

#include <functional>
#include <set>

#include "suite/kinds.h"

namespace psq::conformance {

/// Longer than the 5 or 10 seconds after which an implementation may give up by default.
inline constexpr auto kLongerThanDefaults = 12s;

/// Puts so many items into a queue without a bound, none of which waits, and obtains them all.
/// Fewer where the implementation names a smaller limit.
void many_without_bound(Scenario& t, QueueKind kind, std::int64_t items);

/// Queues with such bounds, or the largest that the implementation has where that is smaller, take
/// as many items, and have one slot for each get.
void large_bounds_are_kept(Scenario& t, QueueKind kind, const std::set<std::int64_t>& bounds);

/// An item of more bytes than a signed number of 32 bits holds arrives intact. Unsupported where
/// the memory does not suffice for the copies that producer and consumer may make.
void item_beyond_2_gib(Scenario& t, const Actor& producer,
                       const std::function<Request(const Item&)>& give, const Actor& consumer,
                       const Request& take);

}  // namespace psq::conformance
