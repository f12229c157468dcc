// All that the processes of a queue share: its channel, and the slots and tasks of its items.
//
// Neither slots in use nor unfinished tasks are stored anywhere. They follow from how many items
// were put, lost with a dead process, read, and finished, so that no two numbers can disagree after
// a death. A slot is taken by put, before its item is buffered, and free as soon as the channel
// counts the item as read. Of a SimpleQueue only the channel is used.

#pragma once

#include <atomic>
#include <cstdint>

#include "psq/queue_core.h"
#include "src/accounts.h"
#include "src/channel.h"
#include "src/fault_seam.h"
#include "src/futex_event.h"

namespace psq::detail {

// Lives in shared memory, with its channel's bytes behind it. Any thread of any process that has it
// may use it.
class QueueMemory {
 public:
  // In so much zeroed memory.
  explicit QueueMemory(const CoreOptions& options);
  [[nodiscard]] static constexpr std::size_t size() noexcept;

  [[nodiscard]] QueueKind kind() const noexcept { return kind_; }
  [[nodiscard]] Channel& channel() noexcept { return channel_; }
  [[nodiscard]] Accounts& accounts() noexcept { return accounts_; }

  // Counts an item in the account of the calling process, one thread of it at a time. That takes a
  // slot and, where tasks are counted, makes one. `closely`: looks for what the dead have left.
  // False: no slot is free. Throws CountOverflow.
  [[nodiscard]] bool try_take(Writer id, bool closely);
  // Takes back an item that will not be put after all.
  void take_back(Writer id) noexcept;
  // To be called after the channel has been read.
  void slot_freed() noexcept;
  [[nodiscard]] FutexEvent& free_slot() noexcept { return free_slot_; }
  [[nodiscard]] std::uint32_t slots_in_use() const noexcept;
  [[nodiscard]] bool all_slots_in_use() const noexcept { return slots_in_use() >= bound_; }

  // One task is done. False, with no effect: none is unfinished.
  [[nodiscard]] bool task_done() noexcept;
  // Returns true when no task is unfinished, or when there was none meanwhile. False: the deadline
  // has passed.
  [[nodiscard]] bool wait_for_no_tasks(Deadline deadline);

  // Takes back the slots and tasks of items that died with their process before they were visible,
  // and tells those who wait for them. Never waits.
  void collect_from_the_dead() noexcept;

 private:
  friend struct FaultSeams;

  // Those that were put and not lost; those that were lost or read.
  [[nodiscard]] std::uint32_t items() const noexcept;
  [[nodiscard]] std::uint32_t items_gone() const noexcept;
  [[nodiscard]] bool is_slot_free(std::uint32_t put) noexcept;
  [[nodiscard]] bool is_task_possible(std::uint32_t put) noexcept;
  [[nodiscard]] bool is_task_unfinished(std::uint64_t done) noexcept;
  void items_lost() noexcept;

  Accounts accounts_;
  const QueueKind kind_;
  const std::uint64_t bound_;
  FutexEvent free_slot_;
  FutexEvent no_tasks_;
  std::atomic<std::int32_t> fault_slots_{0};
  // What was seen when somebody last had to look: others' lines are left alone in between.
  alignas(kCacheLine) std::atomic<std::uint32_t> seen_gone_{0};
  std::atomic<std::uint64_t> seen_done_;
  alignas(kCacheLine) std::atomic<std::uint32_t> seen_put_{0};
  std::atomic<std::uint64_t> done_;     // Tasks that were ever done, less those of the beginning.
  std::atomic<std::uint64_t> zero_at_;  // What `done_` was when there last was no task unfinished.
  Channel channel_;                     // Last: its bytes are behind it.
};

constexpr std::size_t QueueMemory::size() noexcept {
  return sizeof(QueueMemory) + Channel::kCapacity;
}

}  // namespace psq::detail
