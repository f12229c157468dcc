// The readers' side of a channel; channel.h says what each function does.

#pragma once

#include "src/channel.h"

namespace psq::detail {

inline bool Channel::receive(const SharedMemory& memory, std::string& out, Deadline deadline,
                             StopHere& stop) {
  const auto ready = [&] { return readable() || stop.is_requested(); };
  while (message_.wait(deadline, ready, stop) && !stop.is_requested()) {
    OwnedExtent extent;
    {
      const auto guard = lock_soon(read_lock_, deadline);
      if (!guard && deadline.has_passed()) break;
      if (!guard) continue;
      at("read-lock-taken");
      if (!readable()) continue;
      extent = take(memory, out);
    }
    tell_of_room();
    message_.pass_on_if([&] { return readable(); });
    if (extent.extent != nullptr) {
      memory.read_behind(extent.extent->begin, extent.extent->length, out);
      at("extent-read");
      Extents::give_back(memory, std::move(extent));
    }
    return true;
  }
  message_.pass_on_if([&] { return readable(); });
  return false;
}

inline OwnedExtent Channel::take(const SharedMemory& memory, std::string& out) {
  if (!is_whole(memory)) throw_damaged();
  const FrameHeader frame = front();
  const PackedHead head = head_.load(std::memory_order_relaxed);
  OwnedExtent extent;
  if (frame.place == FrameHeader::kInRing) {
    ring().append_to(out, head.position() + 1, frame.length);
  } else {
    extent = claim_of(memory, head.position(), frame.length);
    out.reserve(out.size() + extent.extent->length);
  }
  head_.store(head.past(frame), std::memory_order_release);
  at("head-moved");
  return extent;
}

inline FrameHeader Channel::front() {
  const PackedHead head = head_.load(std::memory_order_relaxed);
  std::uint32_t there = head.until(seen_tail_.load(std::memory_order_relaxed).value());
  if (there == 0 || kThreadSanitizer) {
    const PackedStep tail = tail_.load(std::memory_order_acquire);
    seen_tail_.store(tail, std::memory_order_release);
    there = head.until(tail.value());
  }
  const auto frame = ring().read<FrameHeader>(head.position());
  const auto place = is_short(frame.length) ? FrameHeader::kInRing : FrameHeader::kInExtent;
  if (frame.place != place || there > 2 * capacity_ || FrameHeader::units(frame.length) > there) {
    throw_damaged();
  }
  return frame;
}

inline OwnedExtent Channel::claim_of(const SharedMemory& memory, std::uint32_t frame,
                                     std::uint32_t counted) {
  const auto index = ring().read<std::uint64_t>(frame + 1);
  if (!extents_.has(index)) throw_damaged();
  OwnedExtent claimed = extents_.claim(index);
  at("extent-claimed");
  const Extent& extent = *claimed.extent;
  if (counted_length(extent.length, capacity_) != counted ||
      !memory.has_behind(extent.begin, extent.length)) {
    throw_damaged();
  }
  return claimed;
}

}  // namespace psq::detail
