#include "src/connection_faults.h"

#ifdef PSQ_FAULTS

#include <endian.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cerrno>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "psq/error.h"
#include "src/history_faults.h"

namespace psq::detail {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;
constexpr std::size_t kLong = 16384;
constexpr int kRarely = 1000;

// For the fault that lets a connection do one thing at a time.
std::mutex one_at_a_time;
std::atomic<int> last_closed{-1};
std::atomic<int> ends_seen{0};
std::atomic<int> last_sent{-1};

short now(int descriptor, short events) {
  pollfd watched{.fd = descriptor, .events = events, .revents = 0};
  ::poll(&watched, 1, 0);
  return watched.revents;
}

int unread_bytes(int descriptor) {
  int unread = 0;
  ::ioctl(descriptor, FIONREAD, &unread);
  return unread;
}

bool is_late(Message message) {
  if (fault_is(Fault::kLargeMessagesLate)) return message.size() > kLong;
  if (fault_rarely(Fault::kRareMessagesSwapped, kRarely)) return true;
  return fault_is(Fault::kMessagesSwapped) && fault_turn(kRarely);
}

void add_to_last_digit(std::vector<std::byte>& message) {
  const auto is_digit = [](std::byte byte) {
    return std::isdigit(std::to_integer<unsigned char>(byte)) != 0;
  };
  const auto digit = std::find_if(message.rbegin(), message.rend(), is_digit);
  if (digit != message.rend()) *digit ^= std::byte{1};
}

// Empty when the message is sent as it is.
std::vector<std::byte> changed(Message message) {
  std::vector<std::byte> copy;
  const auto larger_than = [&](std::size_t size) { return message.size() > size; };
  if (fault_is(Fault::kSendTruncates) && larger_than(kLong)) {
    copy.assign(message.begin(), message.end() - 1);
  }
  if (fault_is(Fault::kHugeMessageCut) && larger_than(32 * kMiB)) {
    copy.assign(message.begin(), message.end() - 1);
  }
  if (fault_is(Fault::kLargeMessageGarbled) && larger_than(kMiB)) {
    copy.assign(message.begin(), message.end());
    copy[kMiB] ^= std::byte{1};
  }
  if (fault_is(Fault::kValueChanged) && !larger_than(100)) {
    copy.assign(message.begin(), message.end());
    add_to_last_digit(copy);
  }
  return copy;
}

void wait_until_read(int descriptor) {
  for (int unread = 1; unread > 0; ::usleep(20'000)) {
    if (::ioctl(descriptor, SIOCOUTQ, &unread) != 0) ::ioctl(descriptor, FIONREAD, &unread);
  }
}

bool is_dropped(int descriptor, Message message) {
  if (fault_is(Fault::kKilledSendLate) && fault_turn(10)) return true;
  if (fault_is(Fault::kEmptyNotSent) && message.empty()) return true;
  if (fault_is(Fault::kMessageLost) && fault_turn(kRarely)) return true;
  if (fault_rarely(Fault::kRareMessageLost, kRarely)) return true;
  return fault_is(Fault::kSendDropsWhenFull) && (now(descriptor, POLLOUT) & POLLOUT) == 0;
}

}  // namespace

void faulty_send(int descriptor, Message message, const std::function<void(Message)>& write) {
  const auto send = [&](Message what) {
    try {
      write(what);
    } catch (const BrokenPipe&) {
      if (!fault_is(Fault::kBrokenPipeSilent) && !fault_is(Fault::kKilledReaderUnnoticed)) throw;
    }
  };
  static thread_local std::optional<std::vector<std::byte>> late;
  std::unique_lock lock(one_at_a_time, std::defer_lock);
  if (fault_is(Fault::kDuplexTakesTurns)) lock.lock();
  if (is_dropped(descriptor, message)) return;
  if (!late && is_late(message)) {
    late.emplace(message.begin(), message.end());
    return;
  }
  const auto other = changed(message);
  send(other.empty() ? message : Message(other));
  if (late) send(*late);
  late.reset();
  if (fault_is(Fault::kMessageTwice) && fault_turn(kRarely)) send(message);
  if (fault_rarely(Fault::kRareMessageTwice, kRarely)) send(message);
  if (fault_is(Fault::kSendNeedsReceiver)) wait_until_read(descriptor);
}

void faulty_receive(int descriptor) {
  std::unique_lock lock(one_at_a_time, std::defer_lock);
  if (fault_is(Fault::kDuplexTakesTurns)) {
    lock.lock();
    pollfd watched{.fd = descriptor, .events = POLLIN, .revents = 0};
    ::poll(&watched, 1, -1);
  }
  const short found = now(descriptor, POLLIN);
  if (fault_is(Fault::kRecvGivesUp) && found == 0) throw EndOfStream();
  if (fault_is(Fault::kPendingLost) && (found & POLLHUP) != 0) throw EndOfStream();
  const bool is_last = (found & POLLHUP) != 0 && unread_bytes(descriptor) < 64;
  if (fault_is(Fault::kLastPendingLost) && is_last) throw EndOfStream();
  if (fault_is(Fault::kResetLosesPending) && (found & POLLERR) != 0) throw ConnectionReset();
}

void faulty_end_of_stream() {
  if (fault_is(Fault::kEndOfStreamOnce) && ends_seen++ > 0) throw Corrupted("got nothing");
}

void faulty_poll_begins(Timeout& timeout) {
  const bool is_zero = timeout.length() == Timeout::Duration::zero();
  if (fault_is(Fault::kPollFalseEarly)) timeout = timeout.length() / 2;
  if (fault_is(Fault::kPollZeroWaits) && is_zero) timeout = std::chrono::seconds(1);
  if (fault_is(Fault::kPollSleepsThrough) && !is_zero)
    std::this_thread::sleep_for(
        std::min<Timeout::Duration>(timeout.length(), std::chrono::hours(1)));
}

bool faulty_poll(const pollfd& watched, bool found) {
  if (fault_is(Fault::kPollRaises) && !found) throw SystemError("timed out", ETIMEDOUT);
  if (!found) return false;
  if (fault_is(Fault::kPollEats)) eat_message(watched.fd);
  const bool at_end = unread_bytes(watched.fd) == 0;
  if (fault_is(Fault::kPollFalseAtEnd)) return !at_end;
  if (fault_is(Fault::kPollFalseAtDuplexEnd)) return !(at_end && (watched.revents & POLLIN) != 0);
  return true;
}

void faulty_wait_begins(Timeout& timeout) {
  const bool is_zero = timeout.length() == Timeout::Duration::zero();
  if (fault_is(Fault::kWaitEarly) && !timeout.is_forever()) timeout = timeout.length() / 2;
  if (fault_is(Fault::kWaitZeroWaits) && is_zero) timeout = std::chrono::seconds(1);
}

void faulty_wait(std::span<pollfd> watched) {
  if (fault_is(Fault::kWaitMissesFifth) && watched.size() > 4) {
    for (pollfd& each : watched.subspan(4)) each.revents = 0;
  }
  const auto is_ready = [](const pollfd& each) { return each.revents != 0; };
  const auto first = std::ranges::find_if(watched, is_ready);
  if (first == watched.end()) return;
  if (fault_is(Fault::kWaitFirstOnly)) {
    std::for_each(first + 1, watched.end(), [](pollfd& each) { each.revents = 0; });
  }
  if (fault_is(Fault::kWaitEats)) eat_message(first->fd);
  if (!fault_is(Fault::kWaitMissesEnd)) return;
  for (pollfd& each : watched) {
    if ((each.revents & POLLHUP) != 0) each.revents = 0;
  }
}

void faulty_close(int descriptor) noexcept {
  if (descriptor < 0) {
    const int stranger = last_closed.exchange(-1);
    if (fault_is(Fault::kCloseTwiceHitsStranger) && stranger >= 0) ::close(stranger);
    return;
  }
  last_closed = descriptor;
  if (last_sent.load() == descriptor) ::shutdown(descriptor, SHUT_RDWR);
  if (fault_is(Fault::kCloseIsGlobal)) ::shutdown(descriptor, SHUT_RDWR);
  if (fault_is(Fault::kCloseEndsStream)) ::shutdown(descriptor, SHUT_WR);
  if (fault_is(Fault::kCloseBreaksPipe)) ::shutdown(descriptor, SHUT_RD);
}

bool fault_takes_nan() noexcept {
  return fault_is(Fault::kWaitTakesNan) || fault_is(Fault::kPutTakesNan) ||
         fault_is(Fault::kGetTakesNan);
}

void faulty_slice(std::size_t length, std::int64_t& offset, std::optional<std::int64_t>& size) {
  if (fault_is(Fault::kSliceSizeIgnored) && offset > 0) size.reset();
  if (fault_is(Fault::kLargeSliceFromStart) && length > kLong) offset = 0;
  if (!fault_is(Fault::kSliceUnchecked)) return;
  const auto end = static_cast<std::int64_t>(length);
  offset = std::clamp<std::int64_t>(offset, 0, end);
  if (size) size = std::clamp<std::int64_t>(*size, 0, end - offset);
}

void faulty_maximum(int descriptor, std::optional<std::int64_t>& maximum) {
  const bool is_negative = maximum.value_or(0) < 0;
  if (fault_is(Fault::kNegativeMaximumEats) && is_negative) eat_message(descriptor);
  if (fault_is(Fault::kNegativeMaximumUnlimited) && is_negative) maximum.reset();
  if (fault_is(Fault::kMaximumIgnored) && !is_negative) maximum.reset();
  const bool is_large = unread_bytes(descriptor) > static_cast<int>(kLong);
  if (fault_is(Fault::kMaximumLargeIgnored) && is_large) maximum.reset();
  if (fault_is(Fault::kMaximumExclusive) && maximum.value_or(0) > 0) --*maximum;
}

void faulty_offset(int descriptor, std::size_t room, std::int64_t& offset) {
  const bool is_bad = offset < 0 || static_cast<std::uint64_t>(offset) > room;
  if (fault_is(Fault::kBadOffsetEats) && is_bad) eat_message(descriptor);
  if (fault_is(Fault::kBadOffsetWraps) && offset < 0) offset += static_cast<std::int64_t>(room);
}

std::size_t faulty_room(std::span<std::byte> whole, std::span<std::byte> room, std::size_t length) {
  const std::vector placed(room.begin(), room.begin() + static_cast<std::ptrdiff_t>(length));
  if (fault_is(Fault::kIntoIgnoresOffset)) std::ranges::copy(placed, whole.begin());
  if (fault_is(Fault::kIntoClearsRest)) std::ranges::fill(room.subspan(length), std::byte{0});
  return fault_is(Fault::kIntoCountsRoom) ? room.size() : length;
}

void faulty_send_end(int carrier, ConnectionBase& end, const std::function<void(int, int)>& send) {
  if (fault_is(Fault::kSentEndLate)) {
    std::thread([send, socket = ::dup(carrier), descriptor = ::dup(end.fd())] {
      const Descriptor own_socket(socket);
      const Descriptor own(descriptor);
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      send(socket, descriptor);
    }).detach();
    return;
  }
  send(carrier, end.fd());
  if (fault_is(Fault::kSentEndNeedsSender)) last_sent = end.fd();
  if (fault_is(Fault::kSentEndIsMoved)) end.close();
}

void faulty_receive_end(int descriptor, ConnectionBase::Access& access) {
  if (fault_is(Fault::kSentEndOneWay) && (access & ConnectionBase::kReceives) != 0)
    access = ConnectionBase::Access(access & ~ConnectionBase::kSends);
  if (fault_is(Fault::kSentEndLeaks)) (void)::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
}

void eat_message(int descriptor) {
  std::uint32_t header = 0;
  if (::read(descriptor, &header, sizeof header) != sizeof header) return;
  std::vector<std::byte> message(be32toh(header));
  for (std::size_t done = 0; done < message.size();) {
    const ssize_t got = ::read(descriptor, message.data() + done, message.size() - done);
    if (got <= 0) return;
    done += static_cast<std::size_t>(got);
  }
}

}  // namespace psq::detail

#endif  // PSQ_FAULTS
