// The readers' side of a channel; channel.h says what each function does.

#pragma once

#include "src/channel.h"

namespace psq::detail {

template <typename Take>
bool Channel::read(const SharedMemory& memory, Deadline deadline, StopHere& stop,
                   const Take& take) {
  const auto ready = [&] {
    if (readable() || stop.is_requested()) return true;
    give_back_unused(memory);
    return false;
  };
  while (message_.wait(deadline, ready, stop) && !stop.is_requested()) {
    {
      const HeldLock guard = lock_soon(read_lock_, deadline);
      if (!guard && deadline.has_passed()) break;
      if (!guard) continue;
      at("read-lock-taken");
      if (!readable()) continue;
      take();
    }
    tell_of_room();
    message_.pass_on_if([&] { return readable(); });
    return true;
  }
  message_.pass_on_if([&] { return readable(); });
  return false;
}

inline bool Channel::receive(const SharedMemory& memory, std::string& out, Deadline deadline,
                             StopHere& stop) {
  OwnedExtent extent;
  const auto prepare = [&](const Extent& each) { out.reserve(out.size() + each.length); };
  const auto take = [&] {
    if (!take_short(memory, out)) extent = take_long(memory, prepare);
  };
  if (!read(memory, deadline, stop, take)) return false;
  if (extent) copy_out(memory, std::move(extent), out);
  return true;
}

inline bool Channel::receive_in_place(const SharedMemory& memory, Received& out, Deadline deadline,
                                      StopHere& stop) {
  const auto prepare = [&](const Extent& each) { out.window = {memory, each.begin, each.length}; };
  const auto take = [&] {
    if (!take_short(memory, out.bytes)) out.extent = take_long(memory, prepare);
  };
  if (!read(memory, deadline, stop, take)) return false;
  if (out.window.is_mapped_anew()) out.window.map_pages(MADV_POPULATE_READ);
  return true;
}

inline std::size_t Channel::receive_some(const SharedMemory& memory, std::string& out,
                                         std::size_t most, Deadline deadline, StopHere& stop) {
  OwnedExtent extent;
  std::size_t taken = 0;
  const std::size_t before = out.size();
  const bool came = read(memory, deadline, stop, [&] {
    taken = take_some(memory, out, most);
    if (taken > 0) return;
    append_length(out, 0);
    extent = take_long(memory, [&](const Extent& each) { out.reserve(out.size() + each.length); });
  });
  if (!came || !extent) return taken;
  const std::size_t length = extent.extent->length;
  std::memcpy(out.data() + before, &length, sizeof length);
  copy_out(memory, std::move(extent), out);
  return 1;
}

inline std::size_t Channel::try_receive_some(const SharedMemory& memory, std::string& out,
                                             std::size_t most) {
  if (!readable()) return 0;
  std::size_t taken = 0;
  {
    const HeldLock guard = HeldLock::if_free(read_lock_);
    if (!guard || !readable()) return 0;
    at("read-lock-taken");
    taken = take_some(memory, out, most);
  }
  if (taken > 0) tell_of_room();
  message_.pass_on_if([&] { return readable(); });
  return taken;
}

inline bool Channel::take_short(const SharedMemory& memory, std::string& out) {
  if (!is_whole(memory)) throw_damaged();
  const PackedHead head = head_.load(std::memory_order_relaxed);
  const FrameHeader frame = frame_at(head, readable_behind(head));
  if (frame.place != FrameHeader::kInRing) return false;
  ring().append_to(out, head.position() + 1, frame.length);
  head_.store(head.past(frame), std::memory_order_release);
  at("head-moved");
  return true;
}

template <typename Prepare>
OwnedExtent Channel::take_long(const SharedMemory& memory, const Prepare& prepare) {
  const PackedHead head = head_.load(std::memory_order_relaxed);
  const FrameHeader frame = frame_at(head, readable_behind(head));
  if (frame.place != FrameHeader::kInExtent) throw_damaged();
  OwnedExtent extent = claim_of(memory, head.position(), frame.length);
  prepare(*extent.extent);
  head_.store(head.past(frame), std::memory_order_release);
  at("head-moved");
  return extent;
}

inline std::size_t Channel::take_some(const SharedMemory& memory, std::string& out,
                                      std::size_t most) {
  if (!is_whole(memory)) throw_damaged();
  PackedHead head = head_.load(std::memory_order_relaxed);
  const std::uint32_t begin = head.position();
  std::uint32_t readable = 0;
  std::size_t bytes = 0;
  std::size_t taken = 0;
  for (; taken < most && bytes < kMostAtOnce; ++taken) {
    if (readable == 0) readable = readable_behind(head);
    if (readable == 0) break;
    const FrameHeader frame = frame_at(head, readable);
    if (frame.place != FrameHeader::kInRing) break;
    bytes += sizeof(std::size_t) + frame.length;
    readable -= FrameHeader::units(frame.length);
    head = head.past(frame);
  }
  if (taken == 0) return 0;
  copy_row(begin, taken, bytes, out);
  head_.store(head, std::memory_order_release);
  at("head-moved");
  return taken;
}

inline void Channel::copy_row(std::uint32_t position, std::size_t frames, std::size_t bytes,
                              std::string& out) {
  const Ring from = ring();
  const std::size_t before = out.size();
  out.resize(before + bytes);
  char* to = out.data() + before;
  for (; frames > 0; --frames) {
    const auto frame = from.read_unit<FrameHeader>(position);
    const std::size_t length = frame.length;
    // It was less when they were counted: another process has overwritten it.
    if (bytes < sizeof length + length) throw_damaged();
    bytes -= sizeof length + length;
    std::memcpy(to, &length, sizeof length);
    from.read(position + 1, to + sizeof length, length);
    to += sizeof length + length;
    position += FrameHeader::units(frame.length);
  }
}

inline void Channel::copy_out(const SharedMemory& memory, OwnedExtent extent, std::string& out) {
  const Extent& from = *extent.extent;
  const std::byte* const mapped = memory.mapped_behind(from.begin, from.length);
  if (mapped != nullptr)
    out.append(reinterpret_cast<const char*>(mapped), from.length);
  else
    memory.read_behind(from.begin, from.length, out);
  at("extent-read");
  extents_.give_back(memory, std::move(extent));
}

inline std::uint32_t Channel::readable_behind(PackedHead head) noexcept {
  const std::uint32_t seen = head.until(seen_tail_.load(std::memory_order_relaxed).value());
  if (seen != 0 && !kThreadSanitizer) return seen;
  const PackedStep tail = tail_.load(std::memory_order_acquire);
  seen_tail_.store(tail, std::memory_order_release);
  return head.until(tail.value());
}

inline FrameHeader Channel::frame_at(PackedHead head, std::uint32_t readable) {
  const auto frame = ring().read_unit<FrameHeader>(head.position());
  const auto place = is_short(frame.length) ? FrameHeader::kInRing : FrameHeader::kInExtent;
  if (frame.place != place || readable > 2 * capacity_ ||
      FrameHeader::units(frame.length) > readable) {
    throw_damaged();
  }
  return frame;
}

inline OwnedExtent Channel::claim_of(const SharedMemory& memory, std::uint32_t frame,
                                     std::uint32_t counted) {
  const auto index = ring().read_unit<std::uint64_t>(frame + 1);
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
