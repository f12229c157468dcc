// Bodies of the tests with large numbers: of items, of bytes.
#pragma once

#include <functional>

#include "suite/kinds.h"

namespace psq::conformance {

/// Longer than the 5 or 10 seconds after which an implementation may give up by default.
inline constexpr auto kLongerThanDefaults = 12s;

/// Puts so many items into a queue without a bound, none of which waits, and obtains them all.
/// Fewer where the implementation names a smaller limit.
void many_without_bound(Scenario& t, QueueKind kind, std::int64_t items);

/// A queue with such a bound, or the largest that the implementation has if that is smaller, takes
/// as many items, and has one slot for each get.
void large_bound_is_kept(Scenario& t, QueueKind kind, std::int64_t bound);

/// An item of more bytes than a signed number of 32 bits holds arrives intact. Unsupported where
/// the memory does not suffice for the copies that producer and consumer may make.
void item_beyond_2_gib(Scenario& t, const Actor& producer,
                       const std::function<Request(const Item&)>& give, const Actor& consumer,
                       const Request& take);

}  // namespace psq::conformance
