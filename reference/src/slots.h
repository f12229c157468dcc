// The slots of a bounded queue.

#ifndef PSQ_SRC_SLOTS_H_
#define PSQ_SRC_SLOTS_H_

#include <atomic>
#include <cstdint>

#include "src/channel.h"
#include "src/clock.h"
#include "src/fault_seam.h"
#include "src/futex_event.h"

namespace psq::detail {

// Lives in shared memory. A slot is taken by put, before its item is buffered, and free as soon as
// the channel counts the item as read: the two can not disagree when a reader dies between them.
class Slots {
 public:
  enum class Taken { kYes, kNo, kStopped };

  // Zero: as many as there may be at all.
  void set_bound(std::uint64_t bound) noexcept;

  // Takes a slot, waiting for one until the deadline, or until `stop`, which is looked at from time
  // to time.
  [[nodiscard]] Taken take(const Channel& channel, Deadline deadline,
                           const std::atomic<bool>& stop);
  // Undoes a take whose item will not be put.
  void give_back() noexcept;
  // To be called after the channel has been read.
  void freed() noexcept { free_.notify_one(); }

  [[nodiscard]] std::uint64_t in_use(const Channel& channel) const noexcept;
  // For a fault.
  [[nodiscard]] bool almost_all_in_use(const Channel& channel) const noexcept {
    return in_use(channel) + 1 >= bound_;
  }
  [[nodiscard]] bool all_in_use(const Channel& channel) const noexcept {
    return in_use(channel) >= bound_;
  }

 private:
  bool try_take(const Channel& channel) noexcept;
  [[nodiscard]] std::uint64_t ever_freed(const Channel& channel) const noexcept {
    if constexpr (kFaults)
      if (fault_is(Fault::kSlotsNotFreed)) return given_back_.load();
    if constexpr (kFaults)
      if (fault_is(Fault::kSlotFreedByTaskDone) || fault_is(Fault::kTasksBrokenKeepsSlot))
        return given_back_.load();
    return given_back_.load() + channel.messages_read();
  }

  std::uint64_t bound_ = 0;
  std::atomic<std::uint64_t> taken_{0};       // Ever.
  std::atomic<std::uint64_t> given_back_{0};  // Ever.
  FutexEvent free_;
};

}  // namespace psq::detail

#endif  // PSQ_SRC_SLOTS_H_
