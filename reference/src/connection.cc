#include "psq/connection.h"

#include <endian.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <csignal>

#include "psq/pipe.h"
#include "src/clock.h"
#include "src/connection_faults.h"

namespace psq {
namespace {

using Access = ConnectionBase::Access;

// Messages up to this many bytes are written together with their header, in one write.
constexpr std::size_t kWrittenAtOnce = 16384;

// Received at a time; what was cleared for it the processor still has at hand.
constexpr std::size_t kPiece = std::size_t{1} << 16;

// An end of a pipe travels as a length that no message has and one byte that says what the end can
// do, with the descriptor attached to them. The first byte alone tells it from all messages.
using EndRecord = std::array<std::byte, 5>;
constexpr EndRecord make_record(std::byte access) { return {std::byte{0x80}, {}, {}, {}, access}; }

// A record, and room for one descriptor beside it.
struct Envelope {
  EndRecord record{};
  iovec bytes{record.data(), record.size()};
  // Without the padding, where one more would fit: the system closes what does not.
  alignas(cmsghdr) std::array<int, CMSG_LEN(sizeof(int)) / sizeof(int)> beside{};
  msghdr header{nullptr, 0, &bytes, 1, beside.data(), CMSG_LEN(sizeof(int)), 0};
};

// Makes a system call that sends or receives, again after each signal, and returns what it did.
template <typename Call>
std::size_t completed(const char* doing, const Call& call) {
  ssize_t result = call();
  while (result < 0 && errno == EINTR) result = call();
  if (result >= 0) return static_cast<std::size_t>(result);
  if constexpr (detail::kFaults)
    if (detail::fault_is(detail::Fault::kResetIsCorrupted) && errno == ECONNRESET)
      throw Corrupted("reset");
  if (errno == EPIPE) throw BrokenPipe();
  if (errno == ECONNRESET) throw ConnectionReset();
  if (errno == EBADF) throw Closed("connection");  // by another thread, meanwhile
  throw SystemError(doing, errno);
}

// write(2) without SIGPIPE; the program's own disposition stays as it is.
ssize_t write_to_pipe(int descriptor, std::span<const std::byte> data) {
  if constexpr (detail::kFaults)
    if (detail::fault_is(detail::Fault::kSigpipe))
      return ::write(descriptor, data.data(), data.size());
  constexpr int kNoSignal = 0x100;  // RWF_NOSIGNAL, which Linux has since 6.18.
  static std::atomic<bool> is_supported{true};
  if (is_supported) {
    const iovec bytes{const_cast<std::byte*>(data.data()), data.size()};
    const ssize_t written = ::pwritev2(descriptor, &bytes, 1, -1, kNoSignal);
    if (written >= 0 || errno != EOPNOTSUPP) return written;
    is_supported = false;
  }
  // Elsewhere it is kept away from this thread, and taken back if the write has raised it.
  sigset_t pipe_signal;
  sigset_t before;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
  const ssize_t written = ::write(descriptor, data.data(), data.size());
  const int error = errno;
  // One that the program itself keeps away is not ours to take back.
  constexpr timespec kNow{};
  if (written < 0 && error == EPIPE && sigismember(&before, SIGPIPE) == 0)
    sigtimedwait(&pipe_signal, nullptr, &kNow);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return written;
}

void write_fully(int descriptor, bool is_socket, std::span<const std::byte> data) {
  while (!data.empty()) {
    data = data.subspan(completed("cannot send", [&] {
      return is_socket ? ::send(descriptor, data.data(), data.size(), MSG_NOSIGNAL)
                       : write_to_pipe(descriptor, data);
    }));
  }
}

void write_message(int descriptor, bool is_socket, std::span<const std::byte> message) {
  const auto low = static_cast<std::uint32_t>(message.size());
  const auto high = static_cast<std::uint32_t>(message.size() >> 32);
  const std::array words{UINT32_MAX, htobe32(high), htobe32(low)};
  const auto header = std::as_bytes(std::span(words).last(message.size() > INT32_MAX ? 3 : 1));
  if (message.size() > kWrittenAtOnce) {
    write_fully(descriptor, is_socket, header);
    return write_fully(descriptor, is_socket, message);
  }
  std::array<std::byte, sizeof(std::uint32_t) + kWrittenAtOnce> both;
  std::ranges::copy(message, std::ranges::copy(header, both.begin()).out);
  write_fully(descriptor, is_socket, std::span(both).first(header.size() + message.size()));
}

// Reads until `room` is full. The stream may end where a message would begin, and nowhere else.
void read_fully(int descriptor, std::span<std::byte> room, bool at_begin = false) {
  while (!room.empty()) {
    const std::size_t got =
        completed("cannot receive", [&] { return ::read(descriptor, room.data(), room.size()); });
    if constexpr (detail::kFaults) {
      if (got == 0 && at_begin) detail::faulty_end_of_stream();
      if (got == 0 && !at_begin && detail::fault_is(detail::Fault::kCutMessageOk)) return;
    }
    if (got == 0 && at_begin) throw EndOfStream();
    if (got == 0) throw Corrupted("got end of file during message");
    room = room.subspan(got);
    at_begin = false;
  }
}

std::size_t read_length(int descriptor) {
  if constexpr (detail::kFaults) detail::faulty_receive(descriptor);
  std::uint32_t header = 0;
  read_fully(descriptor, std::as_writable_bytes(std::span(&header, 1)), true);
  std::int64_t length = static_cast<std::int32_t>(be32toh(header));
  if (length == INT32_MIN) {  // An end record.
    std::byte bits;
    read_fully(descriptor, {&bits, 1});
    throw NotDeserializable("a connection came and no message; receive it with recv_connection");
  }
  if (length == -1) {
    std::uint64_t long_header = 0;
    read_fully(descriptor, std::as_writable_bytes(std::span(&long_header, 1)));
    length = static_cast<std::int64_t>(be64toh(long_header));
  }
  if (length >= 0) return static_cast<std::size_t>(length);
  throw Corrupted("got a message of impossible length " + std::to_string(length) +
                  "; do both ends of the pipe write whole messages?");
}

std::size_t checked(const char* what, std::int64_t value, std::size_t limit) {
  if (value >= 0 && static_cast<std::size_t>(value) <= limit)
    return static_cast<std::size_t>(value);
  throw InvalidArgument(std::string(what) + " is " + std::to_string(value) +
                        ", but has to be from 0 to " + std::to_string(limit));
}

// All of it or nothing: a sender that is killed leaves no part of it behind.
void send_end(int socket, int descriptor, Access access) {
  Envelope envelope{.record = make_record(std::byte{access})};
  *reinterpret_cast<cmsghdr*>(envelope.beside.data()) = {
      .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
  envelope.beside.back() = descriptor;
  completed("cannot send the connection",
            [&] { return ::sendmsg(socket, &envelope.header, MSG_NOSIGNAL); });
}

// poll(2) until something is ready or the deadline passes; returns how many are ready, if any.
int poll_until(std::span<pollfd> descriptors, detail::Deadline deadline) {
  for (;;) {
    const timespec left = deadline.within(std::chrono::hours(1)).left();
    const int ready = ::ppoll(descriptors.data(), descriptors.size(), &left, nullptr);
    if (ready < 0 && errno != EINTR) throw SystemError("cannot wait for connections", errno);
    if (ready > 0 || deadline.has_passed()) return ready;
  }
}

}  // namespace

std::pair<ConnectionBase, ConnectionBase> detail::make_ends(Ways ways) {
  int ends[2];
  const bool duplex = ways == both_ways;
  const int failed =
      duplex ? socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) : pipe2(ends, O_CLOEXEC);
  if (failed != 0) throw SystemError("cannot make a pipe", errno);
  if constexpr (kFaults) {
    if (fault_is(Fault::kDuplexOneWay) && duplex) ::shutdown(ends[1], SHUT_WR);
    if (fault_is(Fault::kOneWayReversed) && !duplex) std::swap(ends[0], ends[1]);
  }
  if constexpr (kFaults)
    if (fault_is(Fault::kAlwaysWritable) && !duplex)
      return {ConnectionBase(ends[0], Access(Access::kReceives | Access::kSends)),
              ConnectionBase(ends[1], Access::kSends)};
  return {ConnectionBase(ends[0], duplex ? Access::kDuplex : Access::kReceives),
          ConnectionBase(ends[1], duplex ? Access::kDuplex : Access::kSends)};
}

void ConnectionBase::close() noexcept {
  const detail::Descriptor closing(std::move(descriptor_));
  if constexpr (detail::kFaults) detail::faulty_close(closing.get());
}

int ConnectionBase::check(int needed) const {
  const int descriptor = fd();
  if constexpr (detail::kFaults)
    if (detail::fault_is(detail::Fault::kSendToClosedBreaks) && descriptor < 0 &&
        (needed & kSends) != 0)
      throw BrokenPipe();
  if (descriptor < 0) throw Closed("connection");
  if constexpr (detail::kFaults)
    if (detail::fault_is((needed & kSends) != 0 ? detail::Fault::kDirectionUnchecked
                                                : detail::Fault::kRecvDirectionUnchecked))
      needed &= kSocket;
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
  if constexpr (detail::kFaults) detail::faulty_slice(message.size(), offset, size);
  message = message.subspan(checked("offset", offset, message.size()));
  if (size) message = message.first(checked("size", *size, message.size()));
  send_message(message);
}

void ConnectionBase::send_message(std::span<const std::byte> message) {
  const int descriptor = check(kSends);
  const bool is_socket = (access_ & kSocket) != 0;
  if constexpr (detail::kFaults)
    return detail::faulty_send(descriptor, message,
                               [&](auto bytes) { write_message(descriptor, is_socket, bytes); });
  write_message(descriptor, is_socket, message);
}

std::string ConnectionBase::receive_message(std::optional<std::int64_t> maximum) {
  const int descriptor = check(kReceives);
  if constexpr (detail::kFaults) detail::faulty_maximum(descriptor, maximum);
  const std::size_t most = maximum ? checked("maximum", *maximum, PTRDIFF_MAX) : SIZE_MAX;
  const std::size_t length = read_length(descriptor);
  if (length > most) {
    if constexpr (detail::kFaults)
      if (detail::fault_is(detail::Fault::kTooLongClosesBothWays)) close();
    // Its rest is in the way of all others.
    access_ = Access(access_ & ~kReceives);
    if (!writable()) close();
    throw MessageTooLong(length, most);
  }
  std::string message;
  // The length may be nonsense: only so much room is made on its word alone.
  message.reserve(std::min(length, 16 * kPiece));
  while (message.size() < length) {
    const std::size_t before = message.size();
    message.resize(std::min(length, before + kPiece));
    read_fully(descriptor, std::as_writable_bytes(std::span(message)).subspan(before));
  }
  return message;
}

std::vector<std::byte> ConnectionBase::recv_bytes(std::optional<std::int64_t> maximum) {
  std::string message = receive_message(maximum);
  if constexpr (detail::kFaults)
    if (detail::fault_is(detail::Fault::kMessagesJoined) && poll()) message += receive_message();
  return detail::deserialize<std::vector<std::byte>>(std::move(message));
}

std::size_t ConnectionBase::recv_bytes_into(std::span<std::byte> room, std::int64_t offset) {
  (void)check(kReceives);
  if constexpr (detail::kFaults) detail::faulty_offset(fd(), room.size(), offset);
  const auto rest = room.subspan(checked("offset", offset, room.size()));
  std::string message = receive_message();
  if (message.size() > rest.size()) {
    if constexpr (detail::kFaults) {
      if (detail::fault_is(detail::Fault::kTooShortTruncates)) return rest.size();
      if (detail::fault_is(detail::Fault::kTooShortLargeCut))
        message.resize(std::min<std::size_t>(message.size(), 65536));
    }
    throw BufferTooShort(rest.size(), detail::deserialize<std::vector<std::byte>>(message));
  }
  std::ranges::copy(std::as_bytes(std::span(message)), rest.begin());
  if constexpr (detail::kFaults) return detail::faulty_room(room, rest, message.size());
  return message.size();
}

void ConnectionBase::send_connection(const ConnectionBase& end) {
  const int carrier = check(kSends | kSocket);
  const int descriptor = end.fd();
  if (descriptor < 0) throw Closed("connection to be sent");
  if constexpr (detail::kFaults)
    return detail::faulty_send_end(
        carrier, const_cast<ConnectionBase&>(end),
        [access = end.access_](int to, int sent) { send_end(to, sent, access); });
  send_end(carrier, descriptor, end.access_);
}

ConnectionBase ConnectionBase::receive_end() {
  const int carrier = check(kReceives | kSocket);
  // A look takes nothing but a copy of the descriptor: a message stays where it is, and so does an
  // end for whose descriptor there is no room.
  Envelope envelope;
  envelope.bytes.iov_len = 1;
  const std::size_t got = completed("cannot receive", [&] {
    return ::recvmsg(carrier, &envelope.header, MSG_PEEK | MSG_CMSG_CLOEXEC);
  });
  const cmsghdr* const beside = CMSG_FIRSTHDR(&envelope.header);
  const bool has_descriptor = beside != nullptr && beside->cmsg_type == SCM_RIGHTS;
  ConnectionBase end(has_descriptor ? envelope.beside.back() : -1, kDuplex);
  if (got == 0) throw EndOfStream();
  if (envelope.record.front() != make_record({}).front()) {
    throw NotDeserializable(
        "a message comes next and no connection: receive it with recv or recv_bytes first");
  }
  if (!has_descriptor && (envelope.header.msg_flags & MSG_CTRUNC) != 0) {
    throw SystemError("cannot take the connection over; close descriptors and receive it again",
                      EMFILE);
  }
  read_fully(carrier, envelope.record);
  const std::byte access = envelope.record.back();
  if (!has_descriptor || access > std::byte{kDuplex} || envelope.record != make_record(access)) {
    throw Corrupted("a connection was announced and none came; do both ends write whole messages?");
  }
  end.access_ = Access(access);
  if constexpr (detail::kFaults) detail::faulty_receive_end(end.fd(), end.access_);
  return end;
}

bool ConnectionBase::poll(Timeout timeout) {
  if constexpr (detail::kFaults) {
    if (detail::fault_is(detail::Fault::kPollAfterClose) && closed()) return true;
    detail::faulty_poll_begins(timeout);
  }
  pollfd watched{.fd = check(kReceives), .events = POLLIN, .revents = 0};
  if constexpr (detail::kFaults)
    return detail::faulty_poll(watched,
                               poll_until({&watched, 1}, detail::Deadline::after(timeout)) > 0);
  return poll_until({&watched, 1}, detail::Deadline::after(timeout)) > 0;
}

std::vector<ConnectionBase*> wait(const std::vector<ConnectionBase*>& connections,
                                  Timeout timeout) {
  if constexpr (detail::kFaults) detail::faulty_wait_begins(timeout);
  std::vector<pollfd> watched;
  for (const ConnectionBase* connection : connections) {
    if (connection == nullptr) throw InvalidArgument("a connection to wait for is null");
    if constexpr (detail::kFaults)
      if (detail::fault_is(detail::Fault::kWaitSkipsClosed) && connection->closed()) {
        watched.push_back({.fd = -1, .events = 0, .revents = 0});
        continue;
      }
    if (connection->closed()) throw Closed("connection to wait for");
    watched.push_back({.fd = connection->fd(), .events = POLLIN, .revents = 0});
  }
  poll_until(watched, detail::Deadline::after(timeout));
  if constexpr (detail::kFaults) detail::faulty_wait(watched);
  std::vector<ConnectionBase*> ready;
  for (std::size_t i = 0; i < watched.size(); ++i) {
    if (watched[i].revents != 0) ready.push_back(connections[i]);
  }
  return ready;
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
