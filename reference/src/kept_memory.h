// Which bytes behind the shared memory have memory that outlives a long message.
//
// New memory costs several times as much as the copy into it. So the first bytes keep theirs, and
// further ones keep it while long messages follow one another. Who finds out later that none came
// gives that back.

#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "src/clock.h"
#include "src/shared_memory.h"

namespace psq::detail {

// Lives in shared memory, in zeroed bytes. Any thread may call any method, for bytes that it owns,
// and may die at any instruction. Bytes are known in granules: a granule's bit is set only by an
// owner of all of it, after the system has reserved memory for it, and cleared by an owner of any
// of it, before that memory is given back. So a bit that is set is right.
class KeptMemory {
 public:
  // The first bytes keep their memory as long as the queue lives.
  static constexpr std::uint64_t kAlways = std::uint64_t{4} << 20;
  // Bytes up to here may keep it for a while.
  static constexpr std::uint64_t kMost = SharedMemory::kMapped;

  // Whether the whole granules of these bytes have memory, and there is one.
  [[nodiscard]] bool has(std::uint64_t begin, std::uint64_t end) const noexcept {
    const std::uint64_t whole = whole_granules(begin, end);
    return whole != 0 && (has_.load() & whole) == whole;
  }
  // All of these bytes have memory now.
  void note(std::uint64_t begin, std::uint64_t end) noexcept {
    has_.fetch_or(whole_granules(begin, end));
  }
  // The memory of these bytes is about to be given back.
  void forget(std::uint64_t begin, std::uint64_t end) noexcept {
    has_.fetch_and(~granules(begin / kGranule, (end + kGranule - 1) / kGranule));
  }

  // Call it when a message does not need these bytes any more: whether they keep their memory for
  // the next one, which is likely to come as soon as this one did.
  [[nodiscard]] bool keeps(std::uint64_t begin, std::uint64_t end) noexcept {
    const std::int64_t now = ticks();
    const std::int64_t before = last_.exchange(now, std::memory_order_relaxed);
    return now - before <= kSoon.count() && has(begin, end);
  }
  // Whether bytes keep memory for messages that are likely to come.
  [[nodiscard]] bool is_in_use() const noexcept { return has_beyond() && !is_late(); }
  // Whether bytes keep memory for messages that have not come.
  [[nodiscard]] bool has_unused() const noexcept { return has_beyond() && is_late(); }

  // What is known of an extent is known of its whole granules.
  static constexpr std::uint64_t kGranule = kMost / 64;
  // Messages that are done so soon one after another follow one another.
  static constexpr Clock::duration kSoon = std::chrono::milliseconds{250};

 private:
  [[nodiscard]] bool has_beyond() const noexcept {
    return (has_.load(std::memory_order_relaxed) & whole_granules(kAlways, kMost)) != 0;
  }
  [[nodiscard]] bool is_late() const noexcept {
    return ticks() - last_.load(std::memory_order_relaxed) > kSoon.count();
  }
  [[nodiscard]] static std::int64_t ticks() noexcept {
    return Clock::now().time_since_epoch().count();
  }

  // The bits of the granules [first, last), of those up to kMost.
  [[nodiscard]] static std::uint64_t granules(std::uint64_t first, std::uint64_t last) noexcept {
    const auto below = [](std::uint64_t bit) {
      return bit >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bit) - 1;
    };
    return first < last ? below(last) & ~below(first) : 0;
  }
  // None when they reach beyond kMost.
  [[nodiscard]] static std::uint64_t whole_granules(std::uint64_t begin,
                                                    std::uint64_t end) noexcept {
    return end > kMost ? 0 : granules((begin + kGranule - 1) / kGranule, end / kGranule);
  }

  std::atomic<std::uint64_t> has_{0};
  std::atomic<std::int64_t> last_{0};  // When a long message was done with.
};

}  // namespace psq::detail
