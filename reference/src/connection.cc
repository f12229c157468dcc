// Ends of pipes, and messages through them. wait.cc has poll and wait,
// connection_transfer.cc sends ends through ends.

#include "psq/connection.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>

#include "psq/pipe.h"
#include "src/frame.h"
#include "src/own_descriptor.h"
#include "src/stream.h"

namespace psq {
namespace {

using Access = ConnectionBase::Access;

// So many bytes of a message are cleared and received at a time, while they are in the cache.
constexpr std::size_t kPiece = std::size_t{1} << 16;

std::size_t checked(const char* what, std::int64_t value, std::size_t limit) {
  if (value >= 0 && static_cast<std::size_t>(value) <= limit)
    return static_cast<std::size_t>(value);
  throw InvalidArgument(std::string(what) + " is " + std::to_string(value) +
                        ", but has to be from 0 to " + std::to_string(limit));
}

}  // namespace

std::pair<ConnectionBase, ConnectionBase> detail::make_ends(Ways ways) {
  int ends[2] = {-1, -1};
  const bool duplex = ways == both_ways;
  (void)(duplex ? socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)
                : pipe2(ends, O_CLOEXEC));
  Descriptor first = own_descriptor(ends[0]);
  Descriptor second = own_descriptor(ends[1]);
  if (first.get() < 0 || second.get() < 0) throw SystemError("cannot make a pipe", errno);
  return {ConnectionBase(std::move(first), duplex ? Access::kDuplex : Access::kReceives),
          ConnectionBase(std::move(second), duplex ? Access::kDuplex : Access::kSends)};
}

void ConnectionBase::close() noexcept { const detail::Descriptor closing(std::move(descriptor_)); }

int ConnectionBase::check(int needed) const {
  const int descriptor = fd();
  if (descriptor < 0) throw Closed("connection");
  const int missing = needed & ~access_;
  if ((missing & kSends) != 0) throw WrongDirection("connection is read-only");
  if ((missing & kReceives) != 0) throw WrongDirection("connection is write-only");
  if (missing == 0) return descriptor;
  throw InvalidArgument(
      "a one-way pipe carries no connections: send them through an end of a duplex pipe");
}

void ConnectionBase::send_bytes(std::span<const std::byte> message, std::int64_t offset,
                                std::optional<std::int64_t> size) {
  (void)check(kSends);
  message = message.subspan(checked("offset", offset, message.size()));
  if (size) message = message.first(checked("size", *size, message.size()));
  send_message(message);
}

bool ConnectionBase::try_send_bytes(std::span<const std::byte> message, Timeout timeout) {
  if (!wait_for_room(timeout)) return false;
  send_message(message);
  return true;
}

void ConnectionBase::send_message(std::span<const std::byte> message) {
  const int descriptor = check(kSends);
  detail::write_message(descriptor, (access_ & kSocket) != 0, message);
}

std::string ConnectionBase::receive_message(std::optional<std::int64_t> maximum) {
  const int descriptor = check(kReceives);
  const std::size_t most = maximum ? checked("maximum", *maximum, PTRDIFF_MAX) : SIZE_MAX;
  const std::size_t length = detail::read_length(descriptor);
  if (length > most) {
    end_receiving();
    throw MessageTooLong(length, most);
  }
  try {
    return receive_body(descriptor, length);
  } catch (const std::bad_alloc&) {
    end_receiving();
    throw SystemError("no memory for a message of " + std::to_string(length) + " bytes", ENOMEM);
  }
}

void ConnectionBase::end_receiving() noexcept {
  access_ = Access(access_ & ~kReceives);
  if (!writable()) close();
}

std::string ConnectionBase::receive_body(int descriptor, std::size_t length) {
  std::string message;
  // A length that comes from a damaged stream may be huge: it reserves no more than this.
  message.reserve(std::min(length, 16 * kPiece));
  while (message.size() < length) {
    const std::size_t before = message.size();
    message.resize(std::min(length, before + kPiece));
    detail::read_fully(descriptor, std::as_writable_bytes(std::span(message)).subspan(before));
  }
  return message;
}

std::vector<std::byte> ConnectionBase::recv_bytes(std::optional<std::int64_t> maximum) {
  return detail::deserialize<std::vector<std::byte>>(receive_message(maximum));
}

std::optional<std::vector<std::byte>> ConnectionBase::try_recv_bytes(
    Timeout timeout, std::optional<std::int64_t> maximum) {
  if (!poll(timeout)) return std::nullopt;
  return recv_bytes(maximum);
}

std::size_t ConnectionBase::recv_bytes_into(std::span<std::byte> room, std::int64_t offset) {
  (void)check(kReceives);
  const auto rest = room.subspan(checked("offset", offset, room.size()));
  const std::string message = receive_message();
  if (message.size() > rest.size())
    throw BufferTooShort(rest.size(), detail::deserialize<std::vector<std::byte>>(message));
  std::ranges::copy(std::as_bytes(std::span(message)), rest.begin());
  return message.size();
}

}  // namespace psq
