// What goes wrong with queues on purpose: the seams of queue.cc, feeder.cc and queue_memory.cc, as
// far as they need more than one line. Defined in the faulty library only.

#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "psq/queue_core.h"
#include "src/clock.h"

namespace psq::detail {

class Feeder;
class QueueMemory;

// What reaches into the classes.
struct FaultSeams {
  // Slots or unfinished tasks more, or less; one slot, if there is one.
  static void change_slots(QueueMemory& queue, int by) noexcept;
  static void change_tasks(QueueMemory& queue, int by) noexcept;
  static void take_slot(QueueMemory& queue) noexcept;
  static std::uint32_t items_gone(const QueueMemory& queue) noexcept;

  // Puts an item that was not counted; loses what is in the buffers; takes a close back.
  static void add(Feeder& feeder, std::string_view item);
  static void lose_all_but_one(std::vector<std::shared_ptr<Feeder>>& feeders) noexcept;
  static void reopen(Feeder& feeder) noexcept;
  // True: it is not closed.
  static bool close(Feeder& feeder) noexcept;

  static bool blind(const Feeder& feeder, int looks, std::uint32_t before, Deadline deadline);
  static bool put_holding_place(Feeder& feeder, std::string_view item, Deadline deadline);
  // An item was counted. True: nothing else is to be done for it.
  static bool counted(Feeder& feeder, std::string_view item);
  static void send_all(Feeder& feeder, std::string_view batch);
};

// What a queue is created with. Leaks what the chosen fault leaks, if it is one of these.
void fault_create(CoreOptions& options);
void fault_dropped(QueueMemory& queue) noexcept;
bool fault_in_first_process() noexcept;

// Around check_open: what came of the put before; whether it is not looked whether it is open.
void fault_check_open(QueueMemory& queue);
bool fault_unchecked(const QueueMemory& queue);

// A put, once the item is serialized.
void fault_put_serialized() noexcept;
bool fault_put(QueueMemory& queue, Feeder& feeder, std::string_view item, Timeout timeout);
// Whether items have to stay in the buffer for a while, so that the fault shows.
bool fault_feeder_is_slow() noexcept;
// Lets others run.
void fault_pause();

// Around get: an item in place of the next one; false: the item is lost, another is to be got.
std::optional<std::string> fault_before_get(QueueMemory& queue, const std::atomic<bool>& closed,
                                            Timeout& timeout);
bool fault_after_get(QueueMemory& queue, std::string& item, Clock::time_point began);
void fault_get_closed(const QueueMemory& queue);

// What these answer, or nothing when it is what they should.
std::optional<bool> fault_empty(QueueMemory& queue);
std::optional<bool> fault_full(QueueMemory& queue) noexcept;
std::optional<bool> fault_task_done() noexcept;

// True: the call ends at once.
bool fault_close(QueueMemory& queue, Feeder& feeder) noexcept;
bool fault_join_thread(bool closed);
bool fault_before_task_done(QueueMemory& queue);
bool fault_join(QueueMemory& queue, Deadline deadline);

// The same around the calls of a SimpleQueue.
void fault_simple_put(QueueMemory& queue, std::string_view item);
bool fault_simple_unchecked();
std::optional<std::string> fault_simple_before_get(QueueMemory& queue,
                                                   const std::atomic<bool>& closed,
                                                   Timeout& timeout);
bool fault_simple_after_get(std::string& item);
std::optional<bool> fault_simple_empty();
bool fault_simple_close(Feeder& feeder) noexcept;

}  // namespace psq::detail
