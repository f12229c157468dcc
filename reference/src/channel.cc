#include "src/channel.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "psq/error.h"
#include "src/fault_seam.h"
#include "src/sanitizers.h"

namespace psq::detail {
namespace {

// So much is written under one hold of the lock before others have their turn.
constexpr std::size_t kMostAtOnce = std::size_t{32} * 1024;

// How long a get whose deadline has passed still waits for another one to read its message: long
// enough to be no reason for an Empty, short enough to be no wait.
constexpr std::chrono::milliseconds kLockGrace{20};

}  // namespace

Channel::Channel(std::size_t capacity)
    : capacity_(static_cast<std::uint32_t>(capacity / sizeof(FrameHeader))) {
  if (capacity < kCacheLine || !std::has_single_bit(capacity)) {
    throw InvalidArgument("the capacity of a channel has to be a power of two, 64 bytes or more");
  }
}

void Channel::send(std::string_view message, Writer writer) {
  if constexpr (kFaults) fault_enter_send();
  const bool unlocked =
      kFaults && fault_is(Fault::kLargeItemsUnlocked) && !is_short(message.size());
  const RobustGuard guard(write_lock_, unlocked ? Deadline::after(no_wait) : Deadline::never());
  if constexpr (kFaults) fault_point("write-lock-taken");
  if constexpr (kFaults)
    if (fault_is(Fault::kFullPipeDrops) &&
        head_.load().until(tail_.load().value()) + FrameHeader::units(message.size()) > capacity_)
      return;
  append(message, writer);
  message_.notify_one();
  if constexpr (kFaults) fault_leave_send();
}

bool Channel::try_send(std::string_view message, Writer writer) {
  const RobustGuard guard(write_lock_, RobustGuard::Try{});
  if (!guard.owns() || !has_room(message.size())) return false;
  if constexpr (kFaults) fault_point("write-lock-taken");
  append(message, writer);
  message_.notify_one();
  return true;
}

std::size_t Channel::send_some(std::string_view batch, Writer writer) {
  const RobustGuard guard(write_lock_, Deadline::never());
  if constexpr (kFaults) fault_point("write-lock-taken");
  std::size_t used = 0;
  while (used < batch.size() && used < kMostAtOnce) {
    std::size_t length = 0;
    std::memcpy(&length, batch.data() + used, sizeof length);
    if (used > 0 && !has_room(length)) break;
    append(batch.substr(used + sizeof length, length), writer);
    used += sizeof length + length;
  }
  message_.notify_one();
  return used;
}

// By the holder of the write lock, as all that follows. Whoever calls it notifies the readers.
void Channel::append(std::string_view message, Writer writer) {
  if (is_short(message.size())) return write(FrameHeader::kWhole, message, writer);
  // The first frame tells how long the message is, the others bring it.
  const std::size_t piece = (capacity_ / 4 - 1) * sizeof(FrameHeader);
  const std::uint64_t length = message.size();
  write(FrameHeader::kFirst, {reinterpret_cast<const char*>(&length), sizeof length}, writer);
  message_.notify_one();
  while (!message.empty()) {
    const std::string_view next = message.substr(0, piece);
    message.remove_prefix(next.size());
    write(message.empty() ? FrameHeader::kLast : FrameHeader::kMiddle, next, writer);
    rest_.notify_one();
    if constexpr (kFaults) fault_point("piece-sent");
  }
}

bool Channel::is_short(std::size_t length) const noexcept {
  return FrameHeader::units(length) <= capacity_ / 2;
}

// Whether a frame fits behind those that are committed, of a message that is to have but one.
bool Channel::has_room(std::size_t length) noexcept {
  if (!is_short(length)) return false;
  const std::uint32_t end =
      tail_.load(std::memory_order_relaxed).value() + FrameHeader::units(length);
  if (!kThreadSanitizer && seen_head_.load(std::memory_order_relaxed).until(end) <= capacity_) {
    return true;
  }
  const Head head = head_.load(std::memory_order_acquire);
  seen_head_.store(head, std::memory_order_relaxed);
  return head.until(end) <= capacity_;
}

void Channel::copy_in(std::uint32_t position, const void* from, std::size_t size) noexcept {
  const std::size_t offset = position % capacity_ * sizeof(FrameHeader);
  const std::size_t until_end = std::min(size, capacity_ * sizeof(FrameHeader) - offset);
  std::memcpy(data() + offset, from, until_end);
  if (size > until_end)
    std::memcpy(data(), static_cast<const std::byte*>(from) + until_end, size - until_end);
}

// Waits for room, writes a frame, and makes it visible. The tail forgets who wrote before: that has
// to be written down first.
void Channel::write(FrameHeader::Part part, std::string_view payload, Writer writer) {
  const auto fits = [&] { return has_room(payload.size()); };
  if constexpr (kFaults)
    if (fault_is(Fault::kSimpleLargeGivesUp) &&
        !room_.wait(Deadline::never().within(2 * kLookAgain), fits))
      throw Full();
  room_.wait(Deadline::never(), fits);
  const Step before = tail_.load(std::memory_order_relaxed);
  const std::uint32_t begin = before.value();
  const FrameHeader header{.length = static_cast<std::uint32_t>(payload.size()), .part = part};
  copy_in(begin, &header, sizeof header);
  if constexpr (kFaults) fault_point("frame-begun");
  copy_in(begin + 1, payload.data(), payload.size());
  if constexpr (kFaults) fault_point("frame-written");
  const auto last = count_of(before.who());
  last.store(before.number(last.load(std::memory_order_relaxed)), std::memory_order_relaxed);
  if constexpr (kFaults) fault_point("last-written-down");
  const std::uint64_t number =
      count_of(writer).load(std::memory_order_relaxed) + (header.ends_message() ? 1 : 0);
  tail_.store(Step::of(begin + FrameHeader::units(payload.size()), writer, number),
              std::memory_order_release);
  if constexpr (kFaults) fault_point("committed");
}

std::uint64_t Channel::committed(Writer writer) const noexcept {
  const Step last = tail_.load(std::memory_order_acquire);
  const std::uint64_t number = count_of(writer).load(std::memory_order_relaxed);
  return last.who() == writer ? last.number(number) : number;
}

bool Channel::empty() const noexcept {
  // The head first: it never passes a tail that is read later.
  const Head head = head_.load(std::memory_order_acquire);
  return head.until(tail_.load(std::memory_order_acquire).value()) == 0;
}

// The same as !empty(), without a look at the writers' line as long as that is not needed.
bool Channel::readable() const noexcept {
  const Head head = head_.load(std::memory_order_acquire);
  return head.until(seen_tail_.load(std::memory_order_acquire).value()) != 0 || !empty();
}

std::uint32_t Channel::messages_read() const noexcept {
  return static_cast<std::uint32_t>(head_.load(std::memory_order_acquire).messages());
}

bool Channel::receive(std::string& out, Deadline deadline, const std::atomic<bool>& stop) {
  [[maybe_unused]] const std::uint32_t read_before = kFaults ? messages_read() : 0;
  const auto ready = [&] {
    if constexpr (kFaults)
      if (fault_is(Fault::kGetStarves) && messages_read() != read_before) return stop.load();
    return readable() || stop.load();
  };
  while (message_.wait(deadline, ready) && !stop.load()) {
    {
      RobustGuard guard(read_lock_, RobustGuard::Try{});
      if (!guard.owns() && !guard.wait(Deadline::never().within(kLockGrace))) {
        if (deadline.has_passed()) return false;
        continue;
      }
      if constexpr (kFaults)
        if (fault_is(Fault::kDeadReaderBlocks)) {
          if (guard.from_the_dead()) fault_shared() = 1;
          if (fault_shared() != 0) return false;
        }
      if constexpr (kFaults) fault_point("read-lock-taken");
      if constexpr (kFaults)
        if (fault_is(Fault::kDeadReaderRest) && head_.load().in_message() && take_rest(&out))
          return true;
      if (head_.load(std::memory_order_relaxed).in_message()) take_rest(nullptr);
      if (!readable() || !take(out)) continue;
    }
    // One notification may stand for several messages, or have gone to somebody who was killed.
    if (readable()) message_.pass_on();
    return true;
  }
  return false;
}

// Takes the message that begins at the head. False: its writer died before it was whole.
bool Channel::take(std::string& out) {
  const FrameHeader frame = front();
  if (!frame.begins_message()) throw Corrupted("a message in the channel has no beginning");
  const std::size_t before = out.size();
  read_payload(frame, out);
  drop(frame);
  if (frame.ends_message()) return true;
  std::uint64_t length = 0;
  if (frame.length != sizeof length) throw Corrupted("a long message in the channel has no length");
  std::memcpy(&length, out.data() + before, sizeof length);
  out.resize(before);
  out.reserve(before + length);
  if (take_rest(&out)) return true;
  if constexpr (kFaults)
    if (fault_is(Fault::kKilledTorn) || fault_is(Fault::kKilledSimpleTorn) ||
        fault_is(Fault::kTerminatedTorn) || fault_is(Fault::kMomentTorn))
      return true;
  out.resize(before);
  return false;
}

// Takes the frames that remain of a begun message. False: there were not all of them.
bool Channel::take_rest(std::string* out) {
  while (wait_for_rest()) {
    const FrameHeader frame = front();
    if (frame.begins_message()) break;
    if (out != nullptr) read_payload(frame, *out);
    drop(frame);
    if (frame.ends_message()) return true;
  }
  head_.store(head_.load(std::memory_order_relaxed).out_of_message(), std::memory_order_release);
  return false;
}

// Waits for the next frame, of whatever kind. False: there is none, and nobody is writing one.
bool Channel::wait_for_rest() {
  while (!readable()) {
    if (!kFaults || !fault_is(Fault::kDeadWriterAwaited)) {
      // A living writer holds the lock from the first frame to the last.
      const RobustGuard writer(write_lock_, RobustGuard::Try{});
      if (writer.owns()) return readable();
    }
    rest_.wait(Deadline::never().within(kLookAgain), [&] { return readable(); });
  }
  return true;
}

FrameHeader Channel::front() {
  const Head head = head_.load(std::memory_order_relaxed);
  std::uint32_t there = head.until(seen_tail_.load(std::memory_order_relaxed).value());
  if (there == 0 || kThreadSanitizer) {
    const Step tail = tail_.load(std::memory_order_acquire);
    seen_tail_.store(tail, std::memory_order_release);
    there = head.until(tail.value());
  }
  FrameHeader frame;
  std::memcpy(&frame, data() + head.position() % capacity_ * sizeof frame, sizeof frame);
  if (frame.part < FrameHeader::kMiddle || frame.part > FrameHeader::kWhole ||
      FrameHeader::units(frame.length) > there) {
    throw Corrupted("the channel in shared memory is damaged");
  }
  return frame;
}

void Channel::read_payload(const FrameHeader& frame, std::string& out) {
  const std::uint32_t position = head_.load(std::memory_order_relaxed).position() + 1;
  const std::size_t offset = position % capacity_ * sizeof frame;
  const auto until_end = std::min<std::size_t>(frame.length, capacity_ * sizeof frame - offset);
  out.append(reinterpret_cast<const char*>(data() + offset), until_end);
  out.append(reinterpret_cast<const char*>(data()), frame.length - until_end);
}

// One store: the frame is read, and with the last one of a message the message.
void Channel::drop(const FrameHeader& frame) noexcept {
  head_.store(head_.load(std::memory_order_relaxed).past(frame), std::memory_order_release);
  if constexpr (kFaults)
    fault_point(frame.ends_message()                ? "head-moved"
                : frame.part == FrameHeader::kFirst ? "message-begun"
                                                    : "piece-read");
  room_.notify_one();
}

}  // namespace psq::detail
