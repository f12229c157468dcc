#include "src/descriptor_message.h"

#include <sys/socket.h>

#include <array>
#include <cstdint>

#include "psq/error.h"
#include "src/frame.h"
#include "src/own_descriptor.h"
#include "src/stream.h"

namespace psq::detail {
namespace {

// What travels: kEndInsteadOfLength, most significant byte first, and what the descriptor is, which
// is attached to these bytes. No message begins with the first byte.
using CargoRecord = std::array<std::byte, 5>;
constexpr std::byte kFirstByte{static_cast<std::uint32_t>(kEndInsteadOfLength) >> 24};
constexpr CargoRecord make_record(std::byte what) { return {kFirstByte, {}, {}, {}, what}; }

// A record, and room for one descriptor beside it.
struct Envelope {
  CargoRecord record{};
  iovec bytes{record.data(), record.size()};
  // CMSG_SPACE would add padding with room for a second descriptor. The system closes descriptors
  // for which there is no room.
  alignas(cmsghdr) std::array<int, CMSG_LEN(sizeof(int)) / sizeof(int)> beside{};
  msghdr header{nullptr, 0, &bytes, 1, beside.data(), CMSG_LEN(sizeof(int)), 0};
};

}  // namespace

void send_descriptor(int socket, int descriptor, const Cargo& cargo, std::byte what) {
  Envelope envelope{.record = make_record(what)};
  *reinterpret_cast<cmsghdr*>(envelope.beside.data()) = {
      .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
  envelope.beside.back() = descriptor;
  const std::string doing = "cannot send the " + std::string(cargo.name);
  completed(doing.c_str(), [&] { return ::sendmsg(socket, &envelope.header, MSG_NOSIGNAL); });
}

ReceivedDescriptor receive_descriptor(int socket, const Cargo& cargo) {
  const std::string name = cargo.name;
  // MSG_PEEK takes nothing from the stream but gives a copy of the descriptor. What is something
  // else stays where it is, and so does a descriptor for which this process has no room.
  Envelope envelope;
  const std::size_t got = completed("cannot receive", [&] {
    return ::recvmsg(socket, &envelope.header, MSG_PEEK | MSG_CMSG_CLOEXEC);
  });
  const cmsghdr* const beside = CMSG_FIRSTHDR(&envelope.header);
  const bool came = beside != nullptr && beside->cmsg_type == SCM_RIGHTS;
  ReceivedDescriptor received{own_descriptor(came ? envelope.beside.back() : -1),
                              envelope.record.back()};
  const bool has_descriptor = received.descriptor.get() >= 0;
  if (got == 0) throw EndOfStream();
  if (envelope.record.front() != kFirstByte) {
    throw NotDeserializable("a message comes next and no " + name +
                            ": receive it with recv or recv_bytes first");
  }
  if (got == envelope.record.size() && envelope.record == make_record(received.what) &&
      (received.what < cargo.least || received.what > cargo.most)) {
    throw NotDeserializable("something else than a " + name + " comes next");
  }
  if (!has_descriptor && (came || (envelope.header.msg_flags & MSG_CTRUNC) != 0)) {
    throw SystemError("cannot take the " + name + " over; close descriptors and receive it again",
                      EMFILE);
  }
  read_fully(socket, envelope.record);
  received.what = envelope.record.back();
  if (!has_descriptor || envelope.record != make_record(received.what)) {
    throw Corrupted("a " + name +
                    " was announced and none came; do both ends write whole messages?");
  }
  return received;
}

}  // namespace psq::detail
