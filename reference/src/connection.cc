#include "psq/connection.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <utility>

#include "src/connection_faults.h"
#include "src/descriptor_io.h"
#include "src/fault_seam.h"
#include "src/framing.h"
#include "src/handover.h"

namespace psq {
namespace {

// A message is received in growing pieces: its announced length may be nonsense.
constexpr std::uint64_t kFirstPiece = std::uint64_t{1} << 20;

void read_rest(int descriptor, std::span<std::byte> room) {
  if constexpr (detail::kFaults)
    if (detail::fault_is(detail::Fault::kCutMessageOk))
      return (void)detail::read_fully(descriptor, room);
  if (detail::read_fully(descriptor, room) < room.size()) {
    throw Corrupted("got end of file during message");
  }
}

std::uint64_t read_length(int descriptor) {
  if constexpr (detail::kFaults) detail::faulty_receive(descriptor);
  std::array<std::byte, detail::kShortHeader> header;
  const std::size_t got = detail::read_fully(descriptor, header);
  if constexpr (detail::kFaults)
    if (got == 0) detail::faulty_end_of_stream();
  if (got == 0) throw EndOfStream();
  if (got < header.size()) throw Corrupted("got end of file during message");
  const auto length = static_cast<std::int32_t>(detail::get_big_endian<std::uint32_t>(header));
  if (length >= 0) return static_cast<std::uint64_t>(length);
  if (length == detail::kEndFollows) detail::refuse_end(descriptor);
  if (length != -1) {
    throw Corrupted("got a message of negative length " + std::to_string(length) +
                    "; do both ends of the pipe write whole messages?");
  }
  std::array<std::byte, detail::kLongHeader> long_header;
  read_rest(descriptor, long_header);
  return detail::get_big_endian<std::uint64_t>(long_header);
}

std::vector<std::byte> read_message(int descriptor, std::uint64_t length) {
  if (length > static_cast<std::uint64_t>(std::numeric_limits<std::ptrdiff_t>::max())) {
    throw Corrupted("got a message of impossible length " + std::to_string(length));
  }
  std::vector<std::byte> message;
  while (message.size() < length) {
    const std::size_t before = message.size();
    message.resize(std::min(length, std::max(kFirstPiece, 2 * std::uint64_t{before})));
    read_rest(descriptor, std::span(message).subspan(before));
  }
  return message;
}

BufferTooShort too_short(int descriptor, std::size_t room, std::uint64_t length) {
  auto message = read_message(descriptor, length);
  if constexpr (detail::kFaults)
    if (detail::fault_is(detail::Fault::kTooShortLargeCut))
      message.resize(std::min<std::size_t>(length, 65536));
  return {room, std::move(message)};
}

void check_within(const char* what, std::int64_t value, std::size_t limit) {
  if (value >= 0 && static_cast<std::uint64_t>(value) <= limit) return;
  throw InvalidArgument(std::string(what) + " is " + std::to_string(value) +
                        ", but has to be from 0 to " + std::to_string(limit));
}

void check_carries(bool is_socket) {
  if (is_socket) return;
  throw InvalidArgument(
      "a one-way pipe carries no connections: send them through an end of a duplex pipe");
}

}  // namespace

ConnectionBase::ConnectionBase(int descriptor, Access access) noexcept
    : descriptor_(descriptor),
      readable_(access.readable),
      writable_(access.writable),
      is_socket_(access.is_socket) {
  if constexpr (detail::kFaults)
    if (detail::fault_is(detail::Fault::kAlwaysWritable)) writable_ = true;
}

ConnectionBase::ConnectionBase(ConnectionBase&& other) noexcept
    : descriptor_(other.descriptor_.exchange(-1)),
      readable_(other.readable_.load()),
      writable_(other.writable_),
      is_socket_(other.is_socket_) {}

ConnectionBase& ConnectionBase::operator=(ConnectionBase&& other) noexcept {
  if (this != &other) {
    close();
    descriptor_ = other.descriptor_.exchange(-1);
    readable_ = other.readable_.load();
    writable_ = other.writable_;
    is_socket_ = other.is_socket_;
  }
  return *this;
}

ConnectionBase::~ConnectionBase() {
  if (!closed()) close();
}

void ConnectionBase::close() noexcept {
  const detail::Descriptor closing(descriptor_.exchange(-1));
  if constexpr (detail::kFaults) detail::faulty_close(closing.get());
}

int ConnectionBase::check_readable() const {
  const int descriptor = fd();
  if (descriptor < 0) throw Closed("connection");
  if constexpr (detail::kFaults)
    if (detail::fault_is(detail::Fault::kRecvDirectionUnchecked)) return descriptor;
  if (!readable()) throw WrongDirection("connection is write-only");
  return descriptor;
}

int ConnectionBase::check_writable() const {
  const int descriptor = fd();
  if constexpr (detail::kFaults)
    if (detail::fault_is(detail::Fault::kSendToClosedBreaks) && descriptor < 0) throw BrokenPipe();
  if (descriptor < 0) throw Closed("connection");
  if constexpr (detail::kFaults)
    if (detail::fault_is(detail::Fault::kDirectionUnchecked)) return descriptor;
  if (!writable()) throw WrongDirection("connection is read-only");
  return descriptor;
}

void ConnectionBase::send_bytes(std::span<const std::byte> message, std::int64_t offset,
                                std::optional<std::int64_t> size) {
  (void)check_writable();
  if constexpr (detail::kFaults) detail::faulty_slice(message.size(), offset, size);
  check_within("offset", offset, message.size());
  message = message.subspan(static_cast<std::size_t>(offset));
  if (size) {
    check_within("size", *size, message.size());
    message = message.first(static_cast<std::size_t>(*size));
  }
  send_message(message);
}

void ConnectionBase::send_message(std::span<const std::byte> message) {
  const int descriptor = check_writable();
  if constexpr (detail::kFaults)
    if (detail::fault_is(detail::Fault::kKilledSendLate) && detail::fault_turn(10)) return;
  if constexpr (detail::kFaults) {
    detail::faulty_send(descriptor, message, [&](auto bytes) { write_message(descriptor, bytes); });
  } else {
    write_message(descriptor, message);
  }
}

void ConnectionBase::write_message(int descriptor, std::span<const std::byte> message) const {
  const detail::MessageHeader header = detail::make_header(message.size());
  if (message.size() > detail::kWrittenAtOnce) {
    detail::write_fully(descriptor, is_socket_, std::span(header.bytes).first(header.size));
    detail::write_fully(descriptor, is_socket_, message);
    return;
  }
  std::array<std::byte, detail::kShortHeader + detail::kWrittenAtOnce> both;
  std::memcpy(both.data(), header.bytes.data(), header.size);
  if (!message.empty()) std::memcpy(both.data() + header.size, message.data(), message.size());
  detail::write_fully(descriptor, is_socket_, std::span(both).first(header.size + message.size()));
}

std::vector<std::byte> ConnectionBase::receive_message() {
  const int descriptor = check_readable();
  return read_message(descriptor, read_length(descriptor));
}

std::vector<std::byte> ConnectionBase::recv_bytes(std::optional<std::int64_t> maximum) {
  const int descriptor = check_readable();
  if constexpr (detail::kFaults) detail::faulty_maximum(descriptor, maximum);
  if (maximum && *maximum < 0) {
    throw InvalidArgument("maximum is " + std::to_string(*maximum) + ", but cannot be negative");
  }
  const std::uint64_t length = read_length(descriptor);
  if (maximum && length > static_cast<std::uint64_t>(*maximum)) {
    stop_reading();
    throw MessageTooLong(length, static_cast<std::uint64_t>(*maximum));
  }
  std::vector<std::byte> message = read_message(descriptor, length);
  if constexpr (detail::kFaults)
    if (detail::fault_is(detail::Fault::kMessagesJoined) && poll()) {
      for (const std::byte byte : receive_message()) message.push_back(byte);
    }
  return message;
}

std::size_t ConnectionBase::recv_bytes_into(std::span<std::byte> room, std::int64_t offset) {
  const int descriptor = check_readable();
  if constexpr (detail::kFaults) detail::faulty_offset(descriptor, room.size(), offset);
  check_within("offset", offset, room.size());
  const std::span<std::byte> whole = room;
  room = room.subspan(static_cast<std::size_t>(offset));
  const std::uint64_t length = read_length(descriptor);
  if constexpr (detail::kFaults)
    if (detail::fault_is(detail::Fault::kTooShortTruncates) && length > room.size())
      return std::min(room.size(), read_message(descriptor, length).size());
  if (length > room.size()) throw too_short(descriptor, room.size(), length);
  read_rest(descriptor, room.first(length));
  if constexpr (detail::kFaults) return detail::faulty_room(whole, room, length);
  return length;
}

void ConnectionBase::send_connection(const ConnectionBase& end) {
  const int carrier = check_writable();
  check_carries(is_socket_);
  const int descriptor = end.fd();
  if (descriptor < 0) throw Closed("connection to be sent");
  const Access access{
      .readable = end.readable(), .writable = end.writable_, .is_socket = end.is_socket_};
  if constexpr (detail::kFaults) {
    detail::faulty_send_end(carrier, const_cast<ConnectionBase&>(end),
                            [=](int to, int sent) { detail::send_end(to, sent, access); });
  } else {
    detail::send_end(carrier, descriptor, access);
  }
}

ConnectionBase::ReceivedEnd ConnectionBase::receive_end() {
  const int carrier = check_readable();
  check_carries(is_socket_);
  detail::HandedEnd end = detail::receive_end(carrier);
  if constexpr (detail::kFaults) detail::faulty_receive_end(end.descriptor.get(), end.access);
  return {.descriptor = end.descriptor.release(), .access = end.access};
}

bool ConnectionBase::poll(Timeout timeout) {
  if constexpr (detail::kFaults) {
    if (detail::fault_is(detail::Fault::kPollAfterClose) && closed()) return true;
    detail::faulty_poll_begins(timeout);
  }
  pollfd watched{.fd = check_readable(), .events = POLLIN, .revents = 0};
  const bool found = detail::poll_until({&watched, 1}, detail::Deadline::after(timeout)) > 0;
  if constexpr (detail::kFaults) return detail::faulty_poll(watched, found);
  return found;
}

// The rest of a message that was refused is in the way of all others.
void ConnectionBase::stop_reading() noexcept {
  if constexpr (detail::kFaults)
    if (detail::fault_is(detail::Fault::kTooLongClosesBothWays)) return close();
  if (writable_) {
    readable_ = false;
  } else {
    close();
  }
}

#ifdef PSQ_FAULTS
void ConnectionBase::fault_not_serialized() {
  if (detail::fault_is(detail::Fault::kUnserializableSent)) send_message({});
}

void ConnectionBase::fault_not_deserialized() {
  if (detail::fault_is(detail::Fault::kUndeserializableEatsNext)) (void)receive_message();
}
#endif

}  // namespace psq
