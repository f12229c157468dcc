// What faults change in the feeder's work.
#pragma once

#include <functional>
#include <string_view>

#include "queue_effects.h"

namespace psq::faulty {

/// No put sends its item itself: all go through the feeder's buffer.
[[nodiscard]] Effect buffers_every_item();

/// Sends one item to a queue's channel.
using SendItem = std::function<void(const QueuePointer&, detail::Producer, std::string_view)>;
/// The feeder sends its items one by one, in this way.
[[nodiscard]] Effect sends_each(const SendItem& send);

/// A feeder stays with an item until the channel has room for another one; later items stay in the
/// buffer.
[[nodiscard]] Effect stays_with_each_item();

/// All that is written to channels, by puts of simple queues and by feeders, is written in this
/// way.
[[nodiscard]] Effect writes(const SendItem& write);

/// The feeders of these queues swap the first two items of each batch; with one item alone they
/// wait now and then for 50 ms for a second one.
[[nodiscard]] Effect swaps_neighbours(const Queues& which);

/// The feeder lets 100 ms pass before it sends a batch, unless it is to end.
[[nodiscard]] Effect slow_feeder();

}  // namespace psq::faulty
