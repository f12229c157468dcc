// What the faults of queues change in the private parts of the reference.
#pragma once

#include <string_view>

#include "effects.h"

namespace psq::faulty {

using detail::Channel;
using detail::Deadline;
using detail::Feeder;
using detail::QueueMemory;
using detail::QueuePointer;

[[nodiscard]] bool is_closed(const LocalQueue& queue) noexcept;

/// Slots that are taken by no item: so many more, or fewer. Only with counts_extra_slots().
void change_extra_slots(QueueMemory& memory, int by) noexcept;
/// Takes one for ever, if one is free.
void take_extra_slot(QueueMemory& memory) noexcept;
/// Lets queues count the extra slots as taken.
[[nodiscard]] Effect counts_extra_slots();
/// Lets joinable queues free a slot only by change_extra_slots(-1), not when its item is read.
[[nodiscard]] Effect reading_frees_no_slot();

/// So many unfinished tasks more, or fewer.
void change_tasks(QueueMemory& memory, int by) noexcept;

/// Sends an item to the channel of a queue.
void send(const QueuePointer& queue, detail::Producer producer, std::string_view item);
/// Counts an item as put does, waiting for a slot; the caller does something else with it then.
/// False: there was no slot.
[[nodiscard]] bool count_item(LocalQueue& queue, Deadline deadline);
/// Counts an item whatever the bound says.
void count_item_anyway(LocalQueue& queue);
/// Leaves an item that was counted to the feeder.
void buffer_item(LocalQueue& queue, std::string_view item);
/// Sends an item that was counted, waiting for room in the channel, while other puts wait.
void send_item(LocalQueue& queue, std::string_view item);

/// A put that notes in process_number() that this process has put something.
[[nodiscard]] bool put_noting(LocalQueue& queue, std::string_view item, Timeout timeout);

}  // namespace psq::faulty
