// The count of unfinished tasks of a joinable queue.

#ifndef PSQ_SRC_TASK_COUNT_H_
#define PSQ_SRC_TASK_COUNT_H_

#include <atomic>
#include <cstdint>

#include "src/futex_event.h"

namespace psq::detail {

// Lives in shared memory.
class TaskCount {
 public:
  static constexpr std::uint64_t kLargest = 2147483647;

  void preset(std::uint64_t count) noexcept { state_.store(count); }

  // False, with no effect: the count is at its largest.
  [[nodiscard]] bool add() noexcept;
  // False, with no effect: the count is zero.
  [[nodiscard]] bool remove() noexcept;
  // Returns when the count was zero at some moment of the call.
  void wait_for_zero();

 private:
  // The low half is the count; the high half counts how often it has become zero, so that a joiner
  // that slept through a moment of zero still learns of it. One word, because the two have to
  // change together.
  static constexpr std::uint64_t kCountMask = 0xffffffff;
  static constexpr std::uint64_t kOneZero = kCountMask + 1;

  std::atomic<std::uint64_t> state_{0};
  FutexEvent zero_;
};

}  // namespace psq::detail

#endif  // PSQ_SRC_TASK_COUNT_H_
