#include <algorithm>
#include <cstring>

#include "psq/error.h"
#include "src/channel.h"
#include "src/fault_seam.h"
#include "src/ring.h"
#include "src/sanitizers.h"

namespace psq::detail {
namespace {

// So much is written under one hold of the lock before others have their turn, and so much before
// it is committed.
constexpr std::size_t kMostAtOnce = std::size_t{32} * 1024;
constexpr std::size_t kMostUncommitted = std::size_t{4} * 1024;

}  // namespace

void Channel::send(std::string_view message, Counter* counter) {
  if constexpr (kFaults) fault_enter_send();
  const bool unlocked =
      kFaults && fault_is(Fault::kLargeItemsUnlocked) && message.size() > capacity_ / 2;
  const WriteGuard guard(*this, unlocked ? Deadline::after(no_wait) : Deadline::never());
  if constexpr (kFaults)
    if (fault_is(Fault::kFullPipeDrops) &&
        ring_->head.load().until(ring_->tail) + FrameHeader::frame_size(message.size()) > capacity_)
      return;
  if (is_short(message.size())) {
    wait_for_room(message.size());
    commit(write_frame(ring_->tail.load(std::memory_order_relaxed), Kind::kWhole, message), counter,
           1);
    ring_->message.notify_one();
  } else {
    send_long(message, counter);
  }
  if constexpr (kFaults) fault_leave_send();
}

bool Channel::try_send(std::string_view message, Counter* counter) {
  if (!is_short(message.size())) return false;
  {
    const WriteGuard guard(*this, RobustGuard::Try{});
    if (!guard.owns()) return false;
    const std::uint64_t tail = ring_->tail.load(std::memory_order_relaxed);
    if (!has_room(tail, message.size())) return false;
    commit(write_frame(tail, Kind::kWhole, message), counter, 1);
  }
  ring_->message.notify_one();
  return true;
}

std::size_t Channel::send_some(std::string_view batch, Counter* counter) {
  const WriteGuard guard(*this, Deadline::never());
  const std::uint64_t begin = ring_->tail.load(std::memory_order_relaxed);
  std::uint64_t tail = begin;
  std::uint64_t committed = begin;
  std::uint64_t messages = 0;
  std::size_t used = 0;
  const auto publish = [&] {
    commit(tail, counter, messages);
    ring_->message.notify_one();
    committed = tail;
    messages = 0;
  };
  while (used < batch.size() && tail - begin < kMostAtOnce) {
    std::size_t length = 0;
    std::memcpy(&length, batch.data() + used, sizeof length);
    const std::string_view message = batch.substr(used + sizeof length, length);
    if (!is_short(length)) {
      if (used > 0) break;
      send_long(message, counter);
      return sizeof length + length;
    }
    if (used == 0) wait_for_room(length);
    if (!has_room(tail, length)) break;
    tail = write_frame(tail, Kind::kWhole, message);
    used += sizeof length + length;
    ++messages;
    if (tail - committed >= kMostUncommitted) publish();
  }
  if (messages > 0) publish();
  return used;
}

// The first frame tells how long the message is, the others bring it.
void Channel::send_long(std::string_view message, Counter* counter) {
  const std::size_t piece = capacity_ / 4 - sizeof(FrameHeader);
  const std::uint64_t length = message.size();
  wait_for_room(sizeof length);
  commit(write_frame(ring_->tail.load(std::memory_order_relaxed), Kind::kFirst,
                     {reinterpret_cast<const char*>(&length), sizeof length}));
  ring_->message.notify_one();
  while (!message.empty()) {
    const std::string_view next = message.substr(0, piece);
    message.remove_prefix(next.size());
    const bool last = message.empty();
    wait_for_room(next.size());
    const std::uint64_t tail = ring_->tail.load(std::memory_order_relaxed);
    if (last) {
      commit(write_frame(tail, Kind::kLast, next), counter, 1);
    } else {
      commit(write_frame(tail, Kind::kMiddle, next));
    }
    ring_->rest.notify_one();
    if constexpr (kFaults) fault_point("piece-sent");
  }
}

bool Channel::is_short(std::size_t length) const noexcept {
  return FrameHeader::frame_size(length) <= capacity_ / 2;
}

// Whether a frame fits behind what has been written up to `tail`.
bool Channel::has_room(std::uint64_t tail, std::size_t length) noexcept {
  const std::uint64_t end = tail + FrameHeader::frame_size(length);
  if (!kThreadSanitizer &&
      ring_->seen_head.load(std::memory_order_relaxed).until(end) <= capacity_) {
    return true;
  }
  const Head head = ring_->head.load(std::memory_order_acquire);
  ring_->seen_head.store(head, std::memory_order_relaxed);
  return head.until(end) <= capacity_;
}

void Channel::wait_for_room(std::size_t length) {
  const std::uint64_t tail = ring_->tail.load(std::memory_order_relaxed);
  const auto fits = [&] { return has_room(tail, length); };
  if constexpr (kFaults)
    if (fault_is(Fault::kSimpleLargeGivesUp) &&
        !ring_->room.wait(Deadline::never().within(2 * kLookAgain), fits))
      throw Full();
  ring_->room.wait(Deadline::never(), fits);
}

// There has to be room. Returns the frame's end; nobody sees it before that is committed.
std::uint64_t Channel::write_frame(std::uint64_t tail, Kind kind,
                                   std::string_view payload) noexcept {
  const FrameHeader header{.length = static_cast<std::uint32_t>(payload.size()), .kind = kind};
  copy_in(tail, &header, sizeof header);
  if constexpr (kFaults) fault_point("frame-begun");
  copy_in(tail + sizeof header, payload.data(), payload.size());
  return tail + FrameHeader::frame_size(payload.size());
}

void Channel::copy_in(std::uint64_t position, const void* data, std::size_t size) noexcept {
  if (size == 0) return;
  const std::size_t offset = position % capacity_;
  const std::size_t until_end = std::min(size, capacity_ - offset);
  std::memcpy(data_ + offset, data, until_end);
  if (size == until_end) return;
  std::memcpy(data_, static_cast<const std::byte*>(data) + until_end, size - until_end);
}

// Makes visible what was written up to `tail`, and counts the messages that end in it. Whoever
// finds the lock without its holder sees by the tail whether this was done.
void Channel::commit(std::uint64_t tail, Counter* counter, std::uint64_t messages) noexcept {
  if constexpr (kFaults) fault_point("frame-written");
  if (counter == nullptr) return ring_->tail.store(tail, std::memory_order_release);
  const std::uint64_t count = counter->load(std::memory_order_relaxed) + messages;
  ring_->planned_tail.store(tail, std::memory_order_relaxed);
  ring_->planned_count.store(count, std::memory_order_relaxed);
  ring_->planned_counter.store(place_of(counter), std::memory_order_release);
  if constexpr (kFaults) fault_point("commit-planned");
  ring_->tail.store(tail, std::memory_order_release);
  if constexpr (kFaults) fault_point("committed");
  counter->store(count, std::memory_order_release);
  if constexpr (kFaults) fault_point("commit-counted");
  ring_->planned_counter.store(0, std::memory_order_release);
}

void Channel::repair_writing() noexcept {
  const std::ptrdiff_t place = ring_->planned_counter.load(std::memory_order_acquire);
  if (place == 0) return;
  if (ring_->tail.load(std::memory_order_relaxed) ==
      ring_->planned_tail.load(std::memory_order_relaxed)) {
    auto* const counter = reinterpret_cast<Counter*>(reinterpret_cast<std::byte*>(ring_) + place);
    counter->store(ring_->planned_count.load(std::memory_order_relaxed), std::memory_order_release);
    if constexpr (kFaults) fault_point("commit-repaired");
  }
  ring_->planned_counter.store(0, std::memory_order_release);
}

// Its distance from the ring, which is the same in all processes that have mapped the two.
std::ptrdiff_t Channel::place_of(const Counter* counter) const noexcept {
  return reinterpret_cast<const std::byte*>(counter) - reinterpret_cast<const std::byte*>(ring_);
}

bool Channel::is_settled(const Counter& counter) {
  if (ring_->planned_counter.load(std::memory_order_acquire) != place_of(&counter)) return true;
  // If it is held by somebody, then by somebody alive, who repairs before anything else.
  const WriteGuard guard(*this, RobustGuard::Try{});
  return guard.owns();
}

}  // namespace psq::detail
