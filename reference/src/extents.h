// Extents: where the bytes of long messages are, outside of the ring.
//
// An extent is a row of bytes in the file behind the mapped memory. The thread that fills or reads
// an extent holds its lock, so that a dead owner is known at once. While no thread holds the lock,
// the extent belongs to the frame in the ring that names it; if there is none, it is free. So an
// extent has exactly one owner after every instruction, and none is written down. That a frame is
// in the ring follows from its position, the head and the tail.

#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <new>
#include <string_view>
#include <utility>

#include "src/kept_memory.h"
#include "src/probe.h"
#include "src/robust_lock.h"
#include "src/shared_memory.h"

namespace psq::detail {

struct Extent {
  RobustLock owner;
  std::atomic<std::uint32_t> frame{0};   // Position of the frame that names it.
  std::atomic<std::uint64_t> begin{0};   // In the bytes behind the mapped memory.
  std::atomic<std::uint64_t> length{0};  // Zero: it has no bytes.

  [[nodiscard]] std::uint64_t end() const noexcept {
    return (begin + length + SharedMemory::kPage - 1) / SharedMemory::kPage * SharedMemory::kPage;
  }
};

// An extent and the lock that makes the calling thread its owner; or none.
struct OwnedExtent {
  Extent* extent = nullptr;
  std::unique_lock<RobustLock> ownership{};
  bool is_left_behind = false;  // By an owner that is dead or failed; it is to be given back.

  explicit operator bool() const noexcept { return extent != nullptr; }
};

// Lives in shared memory, in zeroed bytes. The channel's write lock guards take.
class Extents {
 public:
  static constexpr std::size_t kMost = 256;

  // Makes the calling thread the owner of an extent: of a free one, which from then on has `length`
  // bytes, or of one that is left behind. `is_in_ring` says whether there is a frame at a position.
  // None: all extents have an owner.
  template <typename IsInRing>
  [[nodiscard]] OwnedExtent take(std::uint64_t length, const IsInRing& is_in_ring) {
    std::array<bool, kMost> is_busy{};
    OwnedExtent mine;
    for (std::size_t i = 0; has(i); ++i) {
      Extent& each = at_index(i);
      std::unique_lock ownership(each.owner, std::defer_lock);
      is_busy[i] = (each.length != 0 && is_in_ring(each.frame)) || !ownership.try_lock();
      if (is_busy[i]) continue;
      if (each.length != 0) return {&each, std::move(ownership), true};
      if (!mine) mine = {&each, std::move(ownership), false};
    }
    if (!mine) mine = open_next();
    if (!mine) return mine;
    mine.extent->begin = lowest_gap(length, is_busy);
    mine.extent->length = length;
    return mine;
  }

  // Makes the calling thread the owner of an extent that a frame in the ring names.
  [[nodiscard]] OwnedExtent claim(std::size_t index) {
    Extent& extent = at_index(index);
    return {&extent, std::unique_lock(extent.owner), false};
  }
  [[nodiscard]] bool has(std::size_t index) const noexcept {
    return index < std::min<std::size_t>(opened_, kMost);
  }
  [[nodiscard]] std::size_t index_of(const Extent& extent) noexcept {
    return static_cast<std::size_t>(&extent - &at_index(0));
  }

  // The bytes of an extent that the calling thread owns, with memory for all of them. Throws
  // SystemError.
  [[nodiscard]] Window window_to_fill(const SharedMemory& memory, const Extent& extent) {
    const bool is_new = !has_memory(extent);
    const int error = reserve(memory, extent);
    if (error != 0) throw SystemError("no shared memory for a long item", error);
    Window window{memory, extent.begin, extent.length};
    if (is_new) window.map_pages(MADV_POPULATE_WRITE);
    return window;
  }

  // Copies into an extent that the calling thread owns. Throws SystemError, with a part written.
  void write(const SharedMemory& memory, const Extent& extent, std::string_view bytes) {
    std::byte* const mapped = memory.mapped_behind(extent.begin, bytes.size());
    if (mapped != nullptr && has_memory(extent) && reserve(memory, extent) == 0) {
      std::memcpy(mapped, bytes.data(), bytes.size());
    } else {
      // Into new memory, this costs less than to map it.
      memory.write_behind(extent.begin, bytes);
      kept_.note(extent.begin, extent.end());
    }
  }

  // Ends the extent. The memory that is not kept goes back to the system.
  void give_back(const SharedMemory& memory, OwnedExtent owned) noexcept {
    const std::uint64_t begin = std::max<std::uint64_t>(owned.extent->begin, KeptMemory::kAlways);
    const std::uint64_t end = owned.extent->end();
    if (begin < end && !kept_.keeps(owned.extent->begin, end)) {
      kept_.forget(begin, end);
      memory.give_back_behind(begin, end - begin);
    }
    at("extent-given-back");
    owned.extent->length = 0;
  }
  // Whether an extent of the first KeptMemory::kMost bytes, when it is given back, would give
  // memory back; and whether it would do so later, if none comes until then.
  [[nodiscard]] bool keep_unused_memory() const noexcept { return kept_.has_unused(); }
  [[nodiscard]] bool keep_used_memory() const noexcept { return kept_.is_in_use(); }

 private:
  // Whether the extent is mapped, and it costs little to let it have memory.
  [[nodiscard]] bool has_memory(const Extent& extent) const noexcept {
    return extent.end() <= KeptMemory::kAlways || kept_.has(extent.begin, extent.end());
  }

  // Lets the extent have memory. The error number; zero for none.
  [[nodiscard]] int reserve(const SharedMemory& memory, const Extent& extent) noexcept {
    if (extent.end() <= KeptMemory::kAlways) return reserve_first(memory, extent.end());
    if (kept_.has(extent.begin, extent.end())) return reserve_ends(memory, extent);
    const int error = memory.reserve_behind(extent.begin, extent.length);
    if (error == 0) kept_.note(extent.begin, extent.end());
    return error;
  }
  // What is of no whole granule: the whole ones have memory.
  [[nodiscard]] static int reserve_ends(const SharedMemory& memory, const Extent& extent) noexcept {
    constexpr std::uint64_t kGranule = KeptMemory::kGranule;
    const std::uint64_t first = (extent.begin + kGranule - 1) / kGranule * kGranule;
    const std::uint64_t last = extent.end() / kGranule * kGranule;
    const int error = memory.reserve_behind(extent.begin, first - extent.begin);
    return error != 0 ? error : memory.reserve_behind(last, extent.end() - last);
  }
  [[nodiscard]] int reserve_first(const SharedMemory& memory, std::uint64_t end) noexcept {
    std::uint64_t reserved = reserved_;
    if (reserved >= end) return 0;
    const int error = memory.reserve_behind(0, end);
    if (error != 0) return error;
    at("memory-reserved");
    while (reserved < end && !reserved_.compare_exchange_weak(reserved, end)) {
    }
    return 0;
  }

  [[nodiscard]] Extent& at_index(std::size_t index) noexcept {
    return reinterpret_cast<Extent*>(extents_.data())[index];
  }

  [[nodiscard]] OwnedExtent open_next() {
    if (opened_ >= kMost) return {};
    Extent& next = *new (&at_index(opened_)) Extent;  // No other process knows of it yet.
    std::unique_lock ownership(next.owner);
    ++opened_;
    return {&next, std::move(ownership), false};
  }

  // The lowest place for `length` bytes beside those of the busy extents.
  [[nodiscard]] std::uint64_t lowest_gap(std::uint64_t length,
                                         const std::array<bool, kMost>& is_busy) noexcept {
    std::uint64_t begin = 0;
    for (bool has_moved = true; std::exchange(has_moved, false);) {
      for (std::size_t i = 0; has(i); ++i) {
        const Extent& other = at_index(i);
        if (!is_busy[i] || begin >= other.end() || other.begin >= begin + length) continue;
        begin = other.end();
        has_moved = true;
      }
    }
    return begin;
  }

  std::atomic<std::uint32_t> opened_{0};    // Extents that were ever taken.
  std::atomic<std::uint64_t> reserved_{0};  // The first bytes, which have memory and keep it.
  KeptMemory kept_;
  // Not initialized before use: untouched pages take no space.
  alignas(Extent) std::array<std::byte, kMost * sizeof(Extent)> extents_;
};

}  // namespace psq::detail
