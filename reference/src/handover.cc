#include "src/handover.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <utility>

#include "psq/error.h"
#include "src/framing.h"

namespace psq::detail {
namespace {

constexpr std::size_t kRecord = kShortHeader + 1;

constexpr unsigned kReadable = 1;
constexpr unsigned kWritable = 2;
constexpr unsigned kSocket = 4;

using Record = std::array<std::byte, kRecord>;

Record make_record(ConnectionBase::Access access) {
  Record record;
  put_big_endian(static_cast<std::uint32_t>(kEndFollows), record.data());
  record.back() =
      static_cast<std::byte>((access.readable ? kReadable : 0) | (access.writable ? kWritable : 0) |
                             (access.is_socket ? kSocket : 0));
  return record;
}

ConnectionBase::Access access_of(std::byte byte) {
  const auto has = [&](unsigned bit) { return (std::to_integer<unsigned>(byte) & bit) != 0; };
  return {.readable = has(kReadable), .writable = has(kWritable), .is_socket = has(kSocket)};
}

// A message header for some bytes, and room for one descriptor beside them.
class Envelope {
 public:
  explicit Envelope(std::span<std::byte> bytes) : bytes_{bytes.data(), bytes.size()} {
    header_.msg_iov = &bytes_;
    header_.msg_iovlen = 1;
    header_.msg_control = control_;
    header_.msg_controllen =
        CMSG_LEN(sizeof(int));  // without the padding, where one more would fit
  }
  Envelope(const Envelope&) = delete;
  Envelope& operator=(const Envelope&) = delete;

  [[nodiscard]] msghdr* header() { return &header_; }

  void enclose(int descriptor) {
    cmsghdr* const beside = CMSG_FIRSTHDR(&header_);
    beside->cmsg_level = SOL_SOCKET;
    beside->cmsg_type = SCM_RIGHTS;
    beside->cmsg_len = CMSG_LEN(sizeof descriptor);
    std::memcpy(CMSG_DATA(beside), &descriptor, sizeof descriptor);
  }

  // -1 when none came. There is room for one only: the system closes what does not fit.
  [[nodiscard]] int enclosed() {
    int descriptor = -1;
    const cmsghdr* const beside = CMSG_FIRSTHDR(&header_);
    if (beside != nullptr && beside->cmsg_level == SOL_SOCKET && beside->cmsg_type == SCM_RIGHTS &&
        beside->cmsg_len >= CMSG_LEN(sizeof descriptor)) {
      std::memcpy(&descriptor, CMSG_DATA(beside), sizeof descriptor);
    }
    return descriptor;
  }

  [[nodiscard]] bool was_cut() const { return (header_.msg_flags & MSG_CTRUNC) != 0; }

 private:
  iovec bytes_;
  msghdr header_{};
  alignas(cmsghdr) char control_[CMSG_SPACE(sizeof(int))]{};
};

// Looks at what comes next and takes nothing but a copy of the descriptor.
Descriptor peek_end(int socket) {
  std::byte first{};
  Envelope envelope(std::span(&first, 1));
  ssize_t got = -1;
  do {
    got = ::recvmsg(socket, envelope.header(), MSG_PEEK | MSG_CMSG_CLOEXEC);
  } while (got < 0 && errno == EINTR);
  if (got < 0) throw_for(errno, "cannot receive");
  Descriptor descriptor(envelope.enclosed());
  if (got == 0) throw EndOfStream();
  if (first != make_record({}).front()) {
    throw NotDeserializable(
        "a message comes next and no connection: receive it with recv or recv_bytes first");
  }
  if (descriptor.get() < 0 && envelope.was_cut()) {
    throw SystemError("cannot take the connection over; close descriptors and receive it again",
                      EMFILE);
  }
  return descriptor;
}

}  // namespace

void send_end(int socket, int descriptor, ConnectionBase::Access access) {
  Record record = make_record(access);
  Envelope envelope(record);
  envelope.enclose(descriptor);
  ssize_t sent = -1;
  do {
    sent = ::sendmsg(socket, envelope.header(), MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) throw_for(errno, "cannot send the connection");
  write_fully(socket, true, std::span(record).subspan(static_cast<std::size_t>(sent)));
}

HandedEnd receive_end(int socket) {
  Descriptor descriptor = peek_end(socket);
  Record record;
  if (read_fully(socket, record) < record.size()) {
    throw Corrupted("got end of file during the sending of a connection");
  }
  if (!std::equal(record.begin(), record.end() - 1, make_record({}).begin())) {
    throw Corrupted("got neither a message nor a connection; do both ends write whole messages?");
  }
  if (descriptor.get() < 0) {
    throw Corrupted("a connection was announced and none came with it; who else writes here?");
  }
  return {.descriptor = std::move(descriptor), .access = access_of(record.back())};
}

void refuse_end(int socket) {
  std::array<std::byte, kRecord - kShortHeader> rest;
  if (read_fully(socket, rest) < rest.size()) {
    throw Corrupted("got end of file during the sending of a connection");
  }
  throw NotDeserializable("a connection came and no message; receive it with recv_connection");
}

}  // namespace psq::detail
