#include <algorithm>
#include <cstring>
#include <utility>

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

void Channel::send(std::string_view message, Writer writer) {
  if constexpr (kFaults) fault_enter_send();
  const bool unlocked =
      kFaults && fault_is(Fault::kLargeItemsUnlocked) && message.size() > capacity_ / 2;
  const RobustGuard guard(ring_->write_lock,
                          unlocked ? Deadline::after(no_wait) : Deadline::never());
  if constexpr (kFaults) fault_point("write-lock-taken");
  if constexpr (kFaults)
    if (fault_is(Fault::kFullPipeDrops) &&
        ring_->head.load().until(written()) + FrameHeader::frame_size(message.size()) > capacity_)
      return;
  if (!is_short(message.size())) {
    send_long(message, writer);
  } else {
    wait_for_room(message.size());
    commit(write_frame(written(), Kind::kWhole, message), writer, 1);
    ring_->message.notify_one();
  }
  if constexpr (kFaults) fault_leave_send();
}

bool Channel::try_send(std::string_view message, Writer writer) {
  if (!is_short(message.size())) return false;
  {
    const RobustGuard guard(ring_->write_lock, RobustGuard::Try{});
    if (!guard.owns() || !has_room(written(), message.size())) return false;
    if constexpr (kFaults) fault_point("write-lock-taken");
    commit(write_frame(written(), Kind::kWhole, message), writer, 1);
  }
  ring_->message.notify_one();
  return true;
}

std::size_t Channel::send_some(std::string_view batch, Writer writer) {
  const RobustGuard guard(ring_->write_lock, Deadline::never());
  if constexpr (kFaults) fault_point("write-lock-taken");
  const std::uint64_t begin = written();
  std::uint64_t tail = begin;
  std::uint64_t committed = begin;
  std::uint64_t messages = 0;
  std::size_t used = 0;
  const auto publish = [&] {
    commit(tail, writer, std::exchange(messages, 0));
    ring_->message.notify_one();
    committed = tail;
  };
  while (used < batch.size() && tail - begin < kMostAtOnce) {
    std::size_t length = 0;
    std::memcpy(&length, batch.data() + used, sizeof length);
    const std::string_view message = batch.substr(used + sizeof length, length);
    if (!is_short(length)) {
      if (used > 0) break;
      send_long(message, writer);
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
void Channel::send_long(std::string_view message, Writer writer) {
  const std::size_t piece = capacity_ / 4 - sizeof(FrameHeader);
  const std::uint64_t length = message.size();
  wait_for_room(sizeof length);
  commit(
      write_frame(written(), Kind::kFirst, {reinterpret_cast<const char*>(&length), sizeof length}),
      writer, 0);
  ring_->message.notify_one();
  while (!message.empty()) {
    const std::string_view next = message.substr(0, piece);
    message.remove_prefix(next.size());
    const bool last = message.empty();
    wait_for_room(next.size());
    commit(write_frame(written(), last ? Kind::kLast : Kind::kMiddle, next), writer, last ? 1 : 0);
    ring_->rest.notify_one();
    if constexpr (kFaults) fault_point("piece-sent");
  }
}

// Up to where all is committed. By the holder of the write lock.
std::uint64_t Channel::written() const noexcept {
  return ring_->tail.load(std::memory_order_relaxed).position();
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
  const auto fits = [&] { return has_room(written(), length); };
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

// Makes visible what was written up to there, with so many messages that end in it. The tail
// forgets who wrote before: that has to be written down first.
void Channel::commit(std::uint64_t position, Writer writer, std::uint64_t messages) noexcept {
  if constexpr (kFaults) fault_point("frame-written");
  const Tail before = ring_->tail.load(std::memory_order_relaxed);
  const auto last = ring_->count_of(before.writer());
  last.store(before.committed(last.load(std::memory_order_relaxed)), std::memory_order_relaxed);
  if constexpr (kFaults) fault_point("last-written-down");
  const std::uint64_t number = ring_->count_of(writer).load(std::memory_order_relaxed) + messages;
  ring_->tail.store(Tail::at(position, writer, number), std::memory_order_release);
  if constexpr (kFaults) fault_point("committed");
}

std::uint64_t Channel::committed(Writer writer) const noexcept {
  const Tail tail = ring_->tail.load(std::memory_order_acquire);
  const std::uint64_t number = ring_->count_of(writer).load(std::memory_order_relaxed);
  return tail.writer() == writer ? tail.committed(number) : number;
}

}  // namespace psq::detail
