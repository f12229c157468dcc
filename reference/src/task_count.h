// The count of unfinished tasks of a joinable queue.

#ifndef PSQ_SRC_TASK_COUNT_H_
#define PSQ_SRC_TASK_COUNT_H_

#include <atomic>
#include <cstdint>

#include "src/accounts.h"
#include "src/channel.h"
#include "src/futex_event.h"

namespace psq::detail {

class QueueMemory;

// Lives in shared memory. Every item that the accounts count is a task, so that what is unfinished
// follows from their number and from how many tasks were ever done; a put has nothing else to do.
class TaskCount {
 public:
  static constexpr std::uint32_t kLargest = 2147483647;

  // So many unfinished tasks that are no items.
  void preset(std::uint32_t count) noexcept;

  // Whether another item can be counted beside so many.
  [[nodiscard]] bool has_room(std::uint32_t items) noexcept;
  // One task is done. False, with no effect: none is unfinished.
  [[nodiscard]] bool remove(const Accounts& accounts) noexcept;
  // To be called when items were given back.
  void items_given_back(const Accounts& accounts) noexcept;
  // Returns true when the count is zero; perhaps, too, when it was zero meanwhile. False: the
  // deadline has passed.
  [[nodiscard]] bool wait_for_zero(QueueMemory& queue, Deadline deadline);

  // For faults: one unfinished task more, or less.
  void fault_change(int by) noexcept { done_ -= static_cast<std::uint64_t>(by); }

 private:
  [[nodiscard]] static std::uint32_t unfinished(std::uint32_t items, std::uint64_t done) noexcept {
    const auto left = static_cast<std::int32_t>(items - static_cast<std::uint32_t>(done));
    return left > 0 ? static_cast<std::uint32_t>(left) : 0;
  }
  [[nodiscard]] bool is_zero(const Accounts& accounts) const noexcept;

  std::atomic<std::uint64_t> done_{0};     // Tasks that were ever done, less the preset ones.
  std::atomic<std::uint64_t> zero_at_{0};  // What it was when there last was no task unfinished.
  FutexEvent zero_;
  alignas(kCacheLine) std::atomic<std::uint64_t> seen_done_{0};  // As of the last look of a put.
};

}  // namespace psq::detail

#endif  // PSQ_SRC_TASK_COUNT_H_
