#include <algorithm>
#include <cstring>

#include "psq/error.h"
#include "src/channel.h"
#include "src/fault_seam.h"
#include "src/ring.h"
#include "src/sanitizers.h"

namespace psq::detail {
namespace {

// So much is written under one hold of the lock before others have their turn.
constexpr std::size_t kMostAtOnce = std::size_t{32} * 1024;

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
  append(message, writer);
  ring_->message.notify_one();
  if constexpr (kFaults) fault_leave_send();
}

bool Channel::try_send(std::string_view message, Writer writer) {
  const RobustGuard guard(ring_->write_lock, RobustGuard::Try{});
  if (!guard.owns() || !has_room(message.size())) return false;
  if constexpr (kFaults) fault_point("write-lock-taken");
  append(message, writer);
  ring_->message.notify_one();
  return true;
}

std::size_t Channel::send_some(std::string_view batch, Writer writer) {
  const RobustGuard guard(ring_->write_lock, Deadline::never());
  if constexpr (kFaults) fault_point("write-lock-taken");
  std::size_t used = 0;
  while (used < batch.size() && used < kMostAtOnce) {
    std::size_t length = 0;
    std::memcpy(&length, batch.data() + used, sizeof length);
    if (used > 0 && !has_room(length)) break;
    append(batch.substr(used + sizeof length, length), writer);
    used += sizeof length + length;
  }
  ring_->message.notify_one();
  return used;
}

// By the holder of the write lock, as all that follows. Whoever calls it notifies the readers.
void Channel::append(std::string_view message, Writer writer) {
  if (!is_short(message.size())) return append_long(message, writer);
  write(Kind::kWhole, message, writer);
}

// The first frame tells how long the message is, the others bring it.
void Channel::append_long(std::string_view message, Writer writer) {
  const std::size_t piece = capacity_ / 4 - sizeof(FrameHeader);
  const std::uint64_t length = message.size();
  write(Kind::kFirst, {reinterpret_cast<const char*>(&length), sizeof length}, writer);
  ring_->message.notify_one();
  while (!message.empty()) {
    const std::string_view next = message.substr(0, piece);
    message.remove_prefix(next.size());
    write(message.empty() ? Kind::kLast : Kind::kMiddle, next, writer);
    ring_->rest.notify_one();
    if constexpr (kFaults) fault_point("piece-sent");
  }
}

bool Channel::is_short(std::size_t length) const noexcept {
  return FrameHeader::frame_size(length) <= capacity_ / 2;
}

// Whether a frame fits behind those that are committed, of a message that is to have but one.
bool Channel::has_room(std::size_t length) noexcept {
  if (!is_short(length)) return false;
  const std::uint64_t end = written() + FrameHeader::frame_size(length);
  if (!kThreadSanitizer &&
      ring_->seen_head.load(std::memory_order_relaxed).until(end) <= capacity_) {
    return true;
  }
  const Head head = ring_->head.load(std::memory_order_acquire);
  ring_->seen_head.store(head, std::memory_order_relaxed);
  return head.until(end) <= capacity_;
}

// Up to where all is committed.
std::uint64_t Channel::written() const noexcept {
  return ring_->tail.load(std::memory_order_relaxed).position();
}

void Channel::copy_in(std::uint64_t position, const void* data, std::size_t size) noexcept {
  if (size == 0) return;
  const std::size_t offset = position % capacity_;
  const std::size_t until_end = std::min(size, capacity_ - offset);
  std::memcpy(data_ + offset, data, until_end);
  if (size == until_end) return;
  std::memcpy(data_, static_cast<const std::byte*>(data) + until_end, size - until_end);
}

// Waits for room, writes a frame, and makes it visible. The tail forgets who wrote before: that has
// to be written down first.
void Channel::write(Kind kind, std::string_view payload, Writer writer) {
  const auto fits = [&] { return has_room(payload.size()); };
  if constexpr (kFaults)
    if (fault_is(Fault::kSimpleLargeGivesUp) &&
        !ring_->room.wait(Deadline::never().within(2 * kLookAgain), fits))
      throw Full();
  ring_->room.wait(Deadline::never(), fits);
  const Tail before = ring_->tail.load(std::memory_order_relaxed);
  const FrameHeader header{.length = static_cast<std::uint32_t>(payload.size()), .kind = kind};
  copy_in(before.position(), &header, sizeof header);
  if constexpr (kFaults) fault_point("frame-begun");
  copy_in(before.position() + sizeof header, payload.data(), payload.size());
  if constexpr (kFaults) fault_point("frame-written");
  const auto last = ring_->count_of(before.writer());
  last.store(before.committed(last.load(std::memory_order_relaxed)), std::memory_order_relaxed);
  if constexpr (kFaults) fault_point("last-written-down");
  const std::uint64_t number =
      ring_->count_of(writer).load(std::memory_order_relaxed) + (header.ends_message() ? 1 : 0);
  ring_->tail.store(
      Tail::at(before.position() + FrameHeader::frame_size(payload.size()), writer, number),
      std::memory_order_release);
  if constexpr (kFaults) fault_point("committed");
}

std::uint64_t Channel::committed(Writer writer) const noexcept {
  const Tail tail = ring_->tail.load(std::memory_order_acquire);
  const std::uint64_t number = ring_->count_of(writer).load(std::memory_order_relaxed);
  return tail.writer() == writer ? tail.committed(number) : number;
}

}  // namespace psq::detail
