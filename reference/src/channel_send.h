// The producers' side of a channel; channel.h says what each function does.

#pragma once

#include "src/channel.h"

namespace psq::detail {

inline bool Channel::send(const SharedMemory& memory, const Message& message, Producer producer,
                          Deadline deadline) {
  return message.is_filled() || !is_short(message.bytes.size())
             ? send_long(memory, message, producer, deadline)
             : send_short(memory, message.bytes, producer, deadline);
}

inline bool Channel::send_short(const SharedMemory& memory, std::string_view message,
                                Producer producer, Deadline deadline) {
  std::uint32_t begin = 0;
  {
    const HeldLock guard = lock_with_room(memory, deadline);
    if (!guard) return false;
    begin = append_short(message, producer);
  }
  tell_of_messages(memory, begin);
  return true;
}

inline bool Channel::send_long(const SharedMemory& memory, const Message& message,
                               Producer producer, Deadline deadline) {
  OwnedExtent own;
  if (!message.is_filled()) {
    // A message that finds no room in time is not copied.
    if (!deadline.is_never() && !wait_for_room(memory, deadline)) return false;
    own = fill(memory, message.bytes, deadline);
    if (!own) {
      room_.pass_on_if([&] { return may_have_room(memory); });
      return false;
    }
  }
  std::uint32_t begin = 0;
  {
    const HeldLock guard = lock_with_room(memory, deadline);
    if (!guard) {
      if (own) extents_.give_back(memory, std::move(own));
      return false;
    }
    begin = append_long(message.bytes.size(), own ? own : *message.filled, producer);
  }
  tell_of_messages(memory, begin);
  return true;
}

inline bool Channel::try_send(const SharedMemory& memory, const Message& message,
                              Producer producer) {
  if (!may_have_room(memory)) return false;
  return message.is_filled() || !is_short(message.bytes.size())
             ? try_send_long(memory, message, producer)
             : try_send_short(memory, message.bytes, producer);
}

inline bool Channel::try_send_short(const SharedMemory& memory, std::string_view message,
                                    Producer producer) {
  std::uint32_t begin = 0;
  {
    const HeldLock guard = HeldLock::if_free(write_lock_);
    if (!guard || !has_room(memory)) return false;
    at("write-lock-taken");
    begin = append_short(message, producer);
  }
  tell_of_messages(memory, begin);
  return true;
}

inline bool Channel::try_send_long(const SharedMemory& memory, const Message& message,
                                   Producer producer) {
  OwnedExtent own;
  if (!message.is_filled()) {
    own = fill(memory, message.bytes, std::nullopt);
    if (!own) return false;
  }
  std::uint32_t begin = 0;
  {
    const HeldLock guard = HeldLock::if_free(write_lock_);
    if (!guard || !has_room(memory)) return false;
    at("write-lock-taken");
    begin = append_long(message.bytes.size(), own ? own : *message.filled, producer);
  }
  tell_of_messages(memory, begin);
  return true;
}

inline std::size_t Channel::send_some(const SharedMemory& memory, std::string_view& batch,
                                      std::size_t most, Producer producer, Deadline deadline) {
  if (!is_short(first_of(batch).size())) {
    if (!send(memory, first_of(batch), producer, deadline)) return 0;
    batch = without_first(batch);
    return 1;
  }
  std::uint32_t begin = 0;
  std::size_t appended = 0;
  {
    const HeldLock guard = lock_with_room(memory, deadline);
    if (!guard) return 0;
    begin = tail_.load(std::memory_order_relaxed).value();
    appended = append_some(batch, most, producer);
  }
  tell_of_messages(memory, begin);
  return appended;
}

inline std::size_t Channel::try_send_some(const SharedMemory& memory, std::string_view& batch,
                                          std::size_t most, Producer producer) {
  if (!is_short(first_of(batch).size())) {
    if (!try_send(memory, first_of(batch), producer)) return 0;
    batch = without_first(batch);
    return 1;
  }
  std::uint32_t begin = 0;
  std::size_t appended = 0;
  {
    const HeldLock guard = HeldLock::if_free(write_lock_);
    if (!guard || !has_room(memory)) return 0;
    at("write-lock-taken");
    begin = tail_.load(std::memory_order_relaxed).value();
    appended = append_some(batch, most, producer);
  }
  tell_of_messages(memory, begin);
  return appended;
}

inline OwnedExtent Channel::fill(const SharedMemory& memory, std::string_view message,
                                 std::optional<Deadline> deadline) {
  OwnedExtent mine = take_extent(memory, message.size(), deadline);
  if (!mine) return mine;
  extents_.write(memory, *mine.extent, message);
  at("extent-filled");
  return mine;
}

inline OwnedExtent Channel::take_extent(const SharedMemory& memory, std::size_t length,
                                        std::optional<Deadline> deadline) {
  for (auto pause = kNoExtent;;) {
    OwnedExtent mine;
    {
      const HeldLock guard =
          deadline ? lock_for_writing(*deadline) : HeldLock::if_free(write_lock_);
      if (!guard) return {};
      mine = take_extent_now(length);
    }
    if (mine.is_left_behind) {
      extents_.give_back(memory, std::move(mine));
    } else if (mine) {
      return mine;
    } else if (!deadline || deadline->has_passed()) {
      return {};
    } else {
      const timespec soon = deadline->within(pause).absolute();
      (void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &soon, nullptr);
      Interruptible::check();
      pause = std::min(2 * pause, kLookAgain);
    }
  }
}

inline OwnedExtent Channel::take_extent_now(std::size_t length) {
  const PackedHead head = head_.load(std::memory_order_acquire);
  const std::uint32_t unread = head.until(tail_.load(std::memory_order_relaxed).value());
  OwnedExtent mine =
      extents_.take(length, [&](std::uint32_t frame) { return head.until(frame) < unread; });
  at("extent-taken");
  return mine;
}

inline void Channel::give_back_unused(const SharedMemory& memory) noexcept {
  if (!extents_.keep_unused_memory()) return;
  try {
    OwnedExtent all;
    {
      const HeldLock guard = HeldLock::if_free(write_lock_);
      if (guard) all = take_extent_now(KeptMemory::kMost);
    }
    if (all) extents_.give_back(memory, std::move(all));
  } catch (const SystemError&) {
    // The calls that need the locks report the error.
  }
}

inline HeldLock Channel::lock_with_room(const SharedMemory& memory, Deadline deadline) {
  for (;;) {
    if (!wait_for_room(memory, deadline)) return {};
    HeldLock guard = lock_for_writing(deadline);
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

inline void Channel::await_room(const SharedMemory& memory, Deadline deadline) {
  (void)wait_for_room(memory, deadline);
  // The caller may not put what it has.
  room_.pass_on_if([&] { return may_have_room(memory); });
}

inline HeldLock Channel::lock_for_writing(Deadline deadline) {
  for (;;) {
    HeldLock guard = lock_soon(write_lock_, deadline);
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

inline bool Channel::has_room_behind(std::uint32_t end) noexcept {
  const PackedHead seen = seen_head_.load(std::memory_order_relaxed);
  if (!kThreadSanitizer && is_room_beside(seen.until(end))) return true;
  const PackedHead head = head_.load(std::memory_order_acquire);
  seen_head_.store(head, std::memory_order_relaxed);
  return is_room_beside(head.until(end));
}

inline std::uint32_t Channel::append_short(std::string_view message, Producer producer) {
  const PackedStep before = tail_.load(std::memory_order_relaxed);
  commit(before, write_short(before.value(), message), producer, 1);
  return before.value();
}

inline std::uint32_t Channel::append_long(std::uint64_t length, OwnedExtent& in,
                                          Producer producer) {
  const PackedStep before = tail_.load(std::memory_order_relaxed);
  commit(before, write_long(before.value(), length, in), producer, 1);
  return before.value();
}

inline std::size_t Channel::append_some(std::string_view& batch, std::size_t most,
                                        Producer producer) {
  const PackedStep before = tail_.load(std::memory_order_relaxed);
  const std::uint32_t begin = before.value();
  std::uint32_t end = begin;
  std::size_t appended = 0;
  std::string_view next = first_of(batch);
  for (;;) {
    end = write_short(end, next);
    batch.remove_prefix(sizeof(std::size_t) + next.size());
    ++appended;
    if (appended == most || batch.empty() || (end - begin) * sizeof(FrameHeader) >= kMostAtOnce)
      break;
    next = first_of(batch);
    if (!is_short(next.size()) || !has_room_behind(end)) break;
  }
  commit(before, end, producer, appended);
  return appended;
}

inline std::uint32_t Channel::write_short(std::uint32_t begin, std::string_view message) {
  const Ring to = ring();
  const FrameHeader header{.length = static_cast<std::uint32_t>(message.size()),
                           .place = FrameHeader::kInRing};
  to.write_unit(begin, header);
  at("frame-begun");
  to.write(begin + 1, message.data(), message.size());
  at("frame-written");
  return begin + FrameHeader::units(header.length);
}

inline std::uint32_t Channel::write_long(std::uint32_t begin, std::uint64_t length,
                                         OwnedExtent& in) {
  const FrameHeader header{.length = counted_length(length, capacity_),
                           .place = FrameHeader::kInExtent};
  ring().write_unit(begin, header);
  at("frame-begun");
  hand_over(begin, in);
  at("frame-written");
  return begin + FrameHeader::units(header.length);
}

inline void Channel::commit(PackedStep before, std::uint32_t end, Producer producer,
                            std::uint64_t messages) {
  const auto last = count_of(before.producer());
  last.store(before.sequence(last.load(std::memory_order_relaxed)), std::memory_order_relaxed);
  at("last-commit-saved");
  const std::uint64_t sequence = count_of(producer).load(std::memory_order_relaxed) + messages;
  tail_.store(PackedStep::of(end, producer, sequence), std::memory_order_release);
  at("committed");
}

inline void Channel::hand_over(std::uint32_t frame, OwnedExtent& in) {
  const std::uint64_t index = extents_.index_of(*in.extent);
  ring().write_unit(frame + 1, index);
  in.extent->frame = frame;
  at("extent-named");
  in.ownership.unlock();
  at("extent-released");
  in.extent = nullptr;
}

}  // namespace psq::detail
