// Ends of pipes that travel through ends of duplex pipes.

#include <sys/socket.h>

#include "psq/connection.h"
#include "src/frame.h"
#include "src/own_descriptor.h"
#include "src/stream.h"

namespace psq {
namespace {

using Access = ConnectionBase::Access;

// What travels: kEndInsteadOfLength, most significant byte first, and what the end can do. The
// descriptor is attached to these bytes. No message begins with the first byte.
using EndRecord = std::array<std::byte, 5>;
constexpr std::byte kFirstByte{static_cast<std::uint32_t>(detail::kEndInsteadOfLength) >> 24};
constexpr EndRecord make_record(std::byte access) { return {kFirstByte, {}, {}, {}, access}; }

// A record, and room for one descriptor beside it.
struct Envelope {
  EndRecord record{};
  iovec bytes{record.data(), record.size()};
  // CMSG_SPACE would add padding with room for a second descriptor. The system closes descriptors
  // for which there is no room.
  alignas(cmsghdr) std::array<int, CMSG_LEN(sizeof(int)) / sizeof(int)> beside{};
  msghdr header{nullptr, 0, &bytes, 1, beside.data(), CMSG_LEN(sizeof(int)), 0};
};

// One system call: a sender that is killed leaves the whole record in the stream or nothing.
void send_end(int socket, int descriptor, Access access) {
  Envelope envelope{.record = make_record(std::byte{access})};
  *reinterpret_cast<cmsghdr*>(envelope.beside.data()) = {
      .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
  envelope.beside.back() = descriptor;
  detail::completed("cannot send the connection",
                    [&] { return ::sendmsg(socket, &envelope.header, MSG_NOSIGNAL); });
}

}  // namespace

void ConnectionBase::send_connection(const ConnectionBase& end) {
  const int carrier = check(kSends | kSocket);
  const int descriptor = end.fd();
  if (descriptor < 0) throw Closed("connection to be sent");
  send_end(carrier, descriptor, end.access_);
}

ConnectionBase ConnectionBase::receive_end() {
  const int carrier = check(kReceives | kSocket);
  // MSG_PEEK takes nothing from the stream but gives a copy of the descriptor. A message stays
  // where it is, and so does an end for whose descriptor this process has no room.
  Envelope envelope;
  envelope.bytes.iov_len = 1;
  const std::size_t got = detail::completed("cannot receive", [&] {
    return ::recvmsg(carrier, &envelope.header, MSG_PEEK | MSG_CMSG_CLOEXEC);
  });
  const cmsghdr* const beside = CMSG_FIRSTHDR(&envelope.header);
  const bool came = beside != nullptr && beside->cmsg_type == SCM_RIGHTS;
  ConnectionBase end(detail::own_descriptor(came ? envelope.beside.back() : -1), kDuplex);
  const bool has_descriptor = !end.closed();
  if (got == 0) throw EndOfStream();
  if (envelope.record.front() != kFirstByte) {
    throw NotDeserializable(
        "a message comes next and no connection: receive it with recv or recv_bytes first");
  }
  if (!has_descriptor && (came || (envelope.header.msg_flags & MSG_CTRUNC) != 0)) {
    throw SystemError("cannot take the connection over; close descriptors and receive it again",
                      EMFILE);
  }
  detail::read_fully(carrier, envelope.record);
  const std::byte access = envelope.record.back();
  if (!has_descriptor || access > std::byte{kDuplex} || envelope.record != make_record(access)) {
    throw Corrupted("a connection was announced and none came; do both ends write whole messages?");
  }
  end.access_ = Access(access);
  return end;
}

}  // namespace psq
