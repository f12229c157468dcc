// The producers' side of a channel; channel.h says what each function does.

#pragma once

#include "src/channel.h"

namespace psq::detail {

inline bool Channel::send(const SharedMemory& memory, std::string_view message, Producer producer,
                          Deadline deadline) {
  OwnedExtent extent;
  if (!is_short(message.size())) {
    // A message that finds no room in time is not copied.
    if (!deadline.is_never() && !wait_for_room(memory, deadline)) return false;
    extent = fill(memory, message, deadline);
    if (extent.extent == nullptr) {
      room_.pass_on_if([&] { return may_have_room(memory); });
      return false;
    }
  }
  std::uint32_t begin = 0;
  {
    const auto guard = lock_with_room(memory, deadline);
    if (!guard) {
      if (extent.extent != nullptr) Extents::give_back(memory, std::move(extent));
      return false;
    }
    begin = append(message, extent, producer);
  }
  tell_of_messages(memory, begin);
  return true;
}

inline bool Channel::try_send(const SharedMemory& memory, std::string_view message,
                              Producer producer) {
  if (!may_have_room(memory)) return false;
  OwnedExtent extent;
  if (!is_short(message.size())) {
    extent = fill(memory, message, std::nullopt);
    if (extent.extent == nullptr) return false;
  }
  std::uint32_t begin = 0;
  {
    const std::unique_lock guard(write_lock_, std::try_to_lock);
    if (!guard || !has_room(memory)) return false;
    at("write-lock-taken");
    begin = append(message, extent, producer);
  }
  tell_of_messages(memory, begin);
  return true;
}

inline std::size_t Channel::send_some(const SharedMemory& memory, std::string_view batch,
                                      Producer producer) {
  const std::string_view first = first_of(batch);
  if (!is_short(first.size())) {
    send(memory, first, producer);
    return sizeof(std::size_t) + first.size();
  }
  std::size_t used = 0;
  std::uint32_t begin = 0;
  {
    const auto guard = lock_with_room(memory);
    begin = tail_.load(std::memory_order_relaxed).value();
    OwnedExtent none;
    do {
      const std::string_view message = first_of(batch.substr(used));
      if (!is_short(message.size())) break;
      append(message, none, producer);
      used += sizeof(std::size_t) + message.size();
    } while (used < batch.size() && used < kMostAtOnce && has_room(memory));
  }
  tell_of_messages(memory, begin);
  return used;
}

inline OwnedExtent Channel::fill(const SharedMemory& memory, std::string_view message,
                                 std::optional<Deadline> deadline) {
  for (;;) {
    OwnedExtent mine;
    {
      std::unique_lock guard(write_lock_, std::defer_lock);
      if (deadline) guard = lock_for_writing(*deadline);
      if (!guard && (deadline || !guard.try_lock())) return {};
      const PackedHead head = head_.load(std::memory_order_acquire);
      const std::uint32_t unread = head.until(tail_.load(std::memory_order_relaxed).value());
      mine = extents_.take(message.size(),
                           [&](std::uint32_t frame) { return head.until(frame) < unread; });
      at("extent-taken");
    }
    if (mine.is_left_behind) {
      Extents::give_back(memory, std::move(mine));
    } else if (mine.extent != nullptr) {
      memory.write_behind(mine.extent->begin, message);
      at("extent-filled");
      return mine;
    } else if (!deadline || deadline->has_passed()) {
      return {};
    } else {
      std::this_thread::sleep_for(kNoExtent);
    }
  }
}

inline std::unique_lock<RobustLock> Channel::lock_with_room(const SharedMemory& memory,
                                                            Deadline deadline) {
  for (;;) {
    if (!wait_for_room(memory, deadline)) return {};
    std::unique_lock guard = lock_for_writing(deadline);
    if (!guard) {
      room_.pass_on_if([&] { return may_have_room(memory); });
      return guard;
    }
    at("write-lock-taken");
    if (has_room(memory)) return guard;
  }
}

inline bool Channel::wait_for_room(const SharedMemory& memory, Deadline deadline) {
  return room_.wait(deadline, [&] {
    if (may_have_room(memory)) return true;
    at("no-room");
    return false;
  });
}

inline std::unique_lock<RobustLock> Channel::lock_for_writing(Deadline deadline) {
  for (;;) {
    std::unique_lock guard = lock_soon(write_lock_, deadline);
    if (guard || deadline.has_passed()) return guard;
  }
}

inline bool Channel::may_have_room(const SharedMemory& memory) noexcept {
  if (!kThreadSanitizer && is_room_behind(seen_head_.load(std::memory_order_relaxed))) return true;
  // Loads the head first, as in empty().
  const PackedHead head = head_.load(std::memory_order_acquire);
  // What is wrong is found out with the lock.
  return is_room_behind(head) || is_impossible(head) || !is_whole(memory);
}

inline bool Channel::has_room(const SharedMemory& memory) {
  if (!is_whole(memory)) throw_damaged();
  if (!kThreadSanitizer && is_room_behind(seen_head_.load(std::memory_order_relaxed))) return true;
  const PackedHead head = head_.load(std::memory_order_acquire);
  if (is_impossible(head)) throw_damaged();
  seen_head_.store(head, std::memory_order_relaxed);
  return is_room_behind(head);
}

inline std::uint32_t Channel::append(std::string_view message, OwnedExtent& in, Producer producer) {
  const PackedStep before = tail_.load(std::memory_order_relaxed);
  const std::uint32_t begin = before.value();
  const FrameHeader header{
      .length = counted_length(message.size(), capacity_),
      .place = in.extent == nullptr ? FrameHeader::kInRing : FrameHeader::kInExtent};
  ring().write(begin, &header, sizeof header);
  at("frame-begun");
  if (in.extent == nullptr)
    ring().write(begin + 1, message.data(), message.size());
  else
    hand_over(begin, in);
  at("frame-written");
  const auto last = count_of(before.producer());
  last.store(before.sequence(last.load(std::memory_order_relaxed)), std::memory_order_relaxed);
  at("last-commit-saved");
  const std::uint64_t sequence = count_of(producer).load(std::memory_order_relaxed) + 1;
  tail_.store(PackedStep::of(begin + FrameHeader::units(header.length), producer, sequence),
              std::memory_order_release);
  at("committed");
  return begin;
}

inline void Channel::hand_over(std::uint32_t frame, OwnedExtent& in) {
  const std::uint64_t index = extents_.index_of(*in.extent);
  ring().write(frame + 1, &index, sizeof index);
  in.extent->frame = frame;
  at("extent-named");
  in.ownership.unlock();
  at("extent-released");
}

}  // namespace psq::detail
