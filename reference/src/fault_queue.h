// What the faults of Queue need beyond one line. Defined in the faulty library only.

#pragma once

#include <cstdint>
#include <string>

#include "psq/timeout.h"

namespace psq::detail {

// The timeout that a put or a get goes by under the fault that was chosen.
Timeout fault_put_timeout(Timeout timeout);
Timeout fault_get_timeout(Timeout timeout);

// The bound that a new queue gets.
std::int64_t fault_bound(std::int64_t bound, bool counts_tasks);

// Whether this is the process that chose the fault, the one that creates the queues of most tests.
bool fault_in_first_process() noexcept;

// Whether items have to stay in the buffer for a while, so that the fault shows.
bool fault_feeder_is_slow() noexcept;

// What this thread has kept back of its puts.
std::string& fault_kept_back();

// Whether somebody else has read a message since this thread did; `read`: how many were ever read.
bool fault_in_crowd(std::uint64_t read) noexcept;

// Whether this thread has closed a queue.
bool& fault_closed_here() noexcept;

// A put begins, and its item is serialized. Begins without serialized: the item failed. Returns
// whether that is what became of this thread's put before, once each.
bool fault_put_begins() noexcept;
void fault_put_serialized() noexcept;
// Whether an item of this thread ever failed.
bool fault_item_failed() noexcept;

// The item as a get gives it out.
void fault_change_item(std::string& item);

}  // namespace psq::detail
