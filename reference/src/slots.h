// The slots of a bounded queue.

#ifndef PSQ_SRC_SLOTS_H_
#define PSQ_SRC_SLOTS_H_

#include <atomic>
#include <cstdint>

#include "src/accounts.h"
#include "src/channel.h"
#include "src/clock.h"
#include "src/fault_seam.h"
#include "src/futex_event.h"

namespace psq::detail {

class QueueMemory;

// Lives in shared memory. A slot is taken by put, before its item is buffered, and free as soon as
// the channel counts the item as read: the two can not disagree when a reader dies between them.
// What is in use follows from the items that the accounts count and those that were read.
class Slots {
 public:
  enum class Taken { kYes, kNo, kStopped, kTooManyTasks };

  // Zero: as many as there may be at all.
  void set_bound(std::uint64_t bound) noexcept;

  // Counts an item in the account, which takes a slot, and a task if the queue counts `tasks`;
  // waits for a slot until the deadline, or until `stop`, which is looked at from time to time.
  [[nodiscard]] Taken take(QueueMemory& queue, Accounts::Id id, bool tasks, Deadline deadline,
                           const std::atomic<bool>& stop);
  // To be called after the channel has been read, or an item given back.
  void freed() noexcept {
    if (bound_ < kUnbounded) free_.notify_one();
  }

  [[nodiscard]] std::uint64_t in_use(QueueMemory& queue) const noexcept;
  [[nodiscard]] bool all_in_use(QueueMemory& queue) const noexcept {
    return in_use(queue) >= bound_;
  }
  // For faults: one less than all; takes a slot for ever, if there is one; frees one.
  [[nodiscard]] bool fault_almost_all_in_use(QueueMemory& queue) const noexcept {
    return in_use(queue) + 1 >= bound_;
  }
  void fault_take(QueueMemory& queue) noexcept {
    if (!all_in_use(queue)) ++fault_taken_;
  }
  void fault_free() noexcept {
    --fault_taken_;
    freed();
  }

 private:
  // From here on nobody waits for a slot.
  static constexpr std::uint64_t kUnbounded = 2147483647;

  Taken try_take(QueueMemory& queue, Accounts::Id id, bool tasks, bool closely) noexcept;
  Taken fault_take_holding_place(QueueMemory& queue, Accounts::Id id, bool tasks,
                                 Deadline deadline);
  [[nodiscard]] bool is_free(std::uint32_t items, QueueMemory& queue) noexcept;
  [[nodiscard]] static std::uint64_t ever_read(QueueMemory& queue) noexcept;

  std::uint64_t bound_ = 0;
  FutexEvent free_;
  std::atomic<std::int32_t> fault_taken_{0};
  // What was read when somebody last had to look: the readers' line is left alone in between.
  alignas(kCacheLine) std::atomic<std::uint32_t> seen_read_{0};
};

}  // namespace psq::detail

#endif  // PSQ_SRC_SLOTS_H_
