// The bytes of a loan or of a view in one process.

#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "psq/loan.h"
#include "src/process_state.h"
#include "src/queue_memory.h"
#include "src/shared_memory.h"

namespace psq::detail {

// A short item, in memory of this process; or an extent that a thread owns. Only that thread can
// put it or give it back, because only the thread that took a robust lock can free it.
class LentBytes final : public Lent {
 public:
  // A short one, or one that receive_in_place fills before fix.
  explicit LentBytes(std::shared_ptr<SharedMemory> memory) : memory_(std::move(memory)) {}
  ~LentBytes() override {
    if (!item_.extent) return;
    if (is_lent_here())
      QueuePointer(memory_)->channel().extents().give_back(*memory_, std::move(item_.extent));
    else
      leave_to_its_thread();
  }

  [[nodiscard]] Received& item() noexcept { return item_; }
  // Call it when the item is complete.
  void fix() noexcept {
    bytes_ = item_.extent ? item_.window.bytes() : std::as_writable_bytes(std::span(item_.bytes));
  }

  // Whether a queue with this memory can put it on the calling thread.
  [[nodiscard]] bool can_be_put(const std::shared_ptr<SharedMemory>& memory) const noexcept {
    return memory == memory_ && is_lent_here();
  }
  // What a put of it sends.
  [[nodiscard]] Message message() noexcept {
    const auto* const data = reinterpret_cast<const char*>(bytes_.data());
    return {std::string_view(data, bytes_.size()), &item_.extent};
  }

 private:
  // A number that no other thread of this process has or had.
  static std::uint64_t this_thread() noexcept {
    static std::atomic<std::uint64_t> threads{0};
    thread_local const std::uint64_t number = ++threads;
    return number;
  }

  [[nodiscard]] bool is_lent_here() const noexcept {
    return generation_ == ProcessState::generation() && thread_ == this_thread();
  }

  // The system gives the extent back as that thread ends, and finds its lock by the thread's list
  // of robust locks.
  void leave_to_its_thread() noexcept {
    (void)item_.extent.ownership.release();
    if (generation_ == ProcessState::generation()) memory_->stay_mapped();
  }

  std::shared_ptr<SharedMemory> memory_;
  Received item_;
  const unsigned generation_ = ProcessState::generation();
  const std::uint64_t thread_ = this_thread();
};

}  // namespace psq::detail
