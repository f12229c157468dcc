#include "src/channel.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>
#include <type_traits>

#include "psq/error.h"
#include "src/fault_seam.h"
#include "src/ring.h"
#include "src/sanitizers.h"

namespace psq::detail {
namespace {

// How long a get whose deadline has passed still waits for another one to read its message: long
// enough to be no reason for an Empty, short enough to be no wait.
constexpr std::chrono::milliseconds kLockGrace{20};

}  // namespace

std::size_t Channel::size_of(std::size_t capacity) {
  if (capacity < kCacheLine || !std::has_single_bit(capacity)) {
    throw InvalidArgument("the capacity of a channel has to be a power of two, 64 bytes or more");
  }
  return sizeof(Ring) + capacity;
}

Channel::Channel(std::byte* memory, Begin begin, std::size_t capacity)
    : capacity_(capacity),
      ring_(begin == Begin::kNew ? new (memory) Ring : reinterpret_cast<Ring*>(memory)),
      data_(memory + sizeof(Ring)) {
  static_assert(std::is_trivially_destructible_v<Ring>, "nobody destroys it");
}

bool Channel::empty() const noexcept {
  // The head first: it never passes a tail that is read later.
  const Head head = ring_->head.load(std::memory_order_acquire);
  return head.until(ring_->tail.load(std::memory_order_acquire).position()) == 0;
}

// The same as !empty(), without a look at the writers' line as long as that is not needed.
bool Channel::readable() const noexcept {
  const Head head = ring_->head.load(std::memory_order_acquire);
  return head.until(ring_->seen_tail.load(std::memory_order_acquire).position()) != 0 || !empty();
}

std::uint32_t Channel::messages_read() const noexcept {
  return ring_->head.load(std::memory_order_acquire).messages();
}

bool Channel::receive(std::string& out, Deadline deadline, const std::atomic<bool>& stop) {
  [[maybe_unused]] const std::uint32_t read_before = kFaults ? messages_read() : 0;
  for (;;) {
    const bool woken = ring_->message.wait(deadline, [&] {
      if constexpr (kFaults)
        if (fault_is(Fault::kGetStarves) && messages_read() != read_before) return stop.load();
      return readable() || stop.load();
    });
    if (!woken || stop.load()) return false;
    {
      RobustGuard guard(ring_->read_lock, RobustGuard::Try{});
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
        if (fault_is(Fault::kDeadReaderRest) && ring_->head.load().in_message() && take_rest(&out))
          return true;
      if (ring_->head.load(std::memory_order_relaxed).in_message()) take_rest(nullptr);
      if (!readable() || !take(out)) continue;
    }
    // One notification may stand for several messages, or have gone to somebody who was killed.
    if (readable()) ring_->message.pass_on();
    return true;
  }
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
  ring_->head.store(ring_->head.load(std::memory_order_relaxed).out_of_message(),
                    std::memory_order_release);
  return false;
}

// Waits for the next frame, of whatever kind. False: there is none, and nobody is writing one.
bool Channel::wait_for_rest() {
  for (;;) {
    if (readable()) return true;
    if (!kFaults || !fault_is(Fault::kDeadWriterAwaited)) {
      // A living writer holds the lock from the first frame to the last.
      const RobustGuard writer(ring_->write_lock, RobustGuard::Try{});
      if (writer.owns()) return readable();
    }
    if (ring_->rest.wait(Deadline::never().within(kLookAgain), [&] { return readable(); })) {
      return true;
    }
  }
}

Channel::FrameHeader Channel::front() const {
  const Head head = ring_->head.load(std::memory_order_relaxed);
  std::uint64_t there = head.until(ring_->seen_tail.load(std::memory_order_relaxed).position());
  if (there == 0 || kThreadSanitizer) {
    const Tail tail = ring_->tail.load(std::memory_order_acquire);
    ring_->seen_tail.store(tail, std::memory_order_release);
    there = head.until(tail.position());
  }
  FrameHeader frame;
  std::memcpy(&frame, data_ + head.position() % capacity_, sizeof frame);
  if (frame.kind < Kind::kMiddle || frame.kind > Kind::kWhole ||
      FrameHeader::frame_size(frame.length) > there) {
    throw Corrupted("the channel in shared memory is damaged");
  }
  return frame;
}

void Channel::read_payload(const FrameHeader& frame, std::string& out) const {
  const std::uint64_t position = ring_->head.load(std::memory_order_relaxed).position();
  const std::size_t offset = (position + sizeof frame) % capacity_;
  const std::size_t until_end = std::min<std::size_t>(frame.length, capacity_ - offset);
  out.append(reinterpret_cast<const char*>(data_ + offset), until_end);
  out.append(reinterpret_cast<const char*>(data_), frame.length - until_end);
}

// One store: the frame is read, and with the last one of a message the message.
void Channel::drop(const FrameHeader& frame) noexcept {
  ring_->head.store(ring_->head.load(std::memory_order_relaxed).past(frame),
                    std::memory_order_release);
  if constexpr (kFaults)
    fault_point(frame.ends_message()         ? "head-moved"
                : frame.kind == Kind::kFirst ? "message-begun"
                                             : "piece-read");
  ring_->room.notify_one();
}

}  // namespace psq::detail
