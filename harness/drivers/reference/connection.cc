#include <fcntl.h>
#include <psq/driver/item.h>

#include <algorithm>
#include <cerrno>
#include <span>
#include <string>

#include "objects.h"

namespace psq::reference_driver {

using driver::Bytes;
using driver::Call;
using driver::Operation;
using driver::Outcome;
using driver::Result;
using driver::Verb;

namespace {

// The bytes of a buffer before a message is received into it.
constexpr std::byte kFill{0xa5};

Bytes to_bytes(std::span<const std::byte> bytes) {
  return {.data = Codec<std::string>::decode(bytes)};
}

std::string bytes_of(const driver::Payload& payload) {
  if (const auto* item = std::get_if<driver::Item>(&payload)) return driver::make_item(*item);
  return std::get<Bytes>(payload).data;
}

}  // namespace

std::optional<std::vector<int>> ConnectionObject::descriptors() const {
  return std::vector<int>{connection_.fd()};
}

// As ACCESS:DESCRIPTOR; ACCESS is what the end can do: r, w, or rw for both ends of a duplex pipe.
Passed ConnectionObject::pass() const {
  const int descriptor = connection_.fd();
  // Programs that any other thread executes meanwhile would inherit it, too: this process is to
  // execute one, and has no other thread.
  if (::fcntl(descriptor, F_SETFD, 0) != 0)
    throw SystemError("cannot pass the end of a pipe", errno);
  std::string access;
  if (connection_.readable()) access += 'r';
  if (connection_.writable()) access += 'w';
  return {.text = access + ':' + std::to_string(descriptor), .handle = std::nullopt};
}

std::unique_ptr<driver::Object> receive_end(const std::string& text) {
  const std::size_t colon = text.find(':');
  const std::string access = text.substr(0, colon);
  const int descriptor = std::stoi(text.substr(colon + 1));
  if (::fcntl(descriptor, F_SETFD, FD_CLOEXEC) != 0)
    throw SystemError("cannot take over the end of a pipe", errno);
  const auto can = access == "rw"  ? ConnectionBase::kDuplex
                   : access == "r" ? ConnectionBase::kReceives
                                   : ConnectionBase::kSends;
  return std::make_unique<ConnectionObject>(Connection<Payload>(descriptor, can));
}

Result ConnectionObject::perform(const Operation& operation, Call& call) {
  switch (operation.verb) {
    case Verb::kSend: {
      const auto payload = make_payload(operation.payload);
      call([&] { connection_.send(*payload); });
      return Result::ok();
    }
    case Verb::kRecv:
      return Result::ok(to_value(call([&] { return connection_.recv(); })));
    case Verb::kSendBytes:
      return send_bytes(operation, call);
    case Verb::kRecvBytes:
      return recv_bytes(operation, call);
    case Verb::kRecvBytesInto:
      return recv_bytes_into(operation, call);
    case Verb::kPoll:
      return Result::ok(call([&] { return connection_.poll(to_timeout(operation.timeout)); }));
    case Verb::kClose:
      call([&] { connection_.close(); });
      return Result::ok();
    case Verb::kClosed:
      return Result::ok(call([&] { return connection_.closed(); }));
    case Verb::kReadable:
      return Result::ok(call([&] { return connection_.readable(); }));
    case Verb::kWritable:
      return Result::ok(call([&] { return connection_.writable(); }));
    default:
      throw driver::Refusal(Outcome::kUnsupported, "a connection has no such operation");
  }
}

Result ConnectionObject::send_bytes(const Operation& operation, Call& call) {
  const std::string message = bytes_of(operation.payload);
  call([&] {
    connection_.send_bytes(std::as_bytes(std::span(message)), operation.offset.value_or(0),
                           operation.size);
  });
  return Result::ok();
}

Result ConnectionObject::recv_bytes(const Operation& operation, Call& call) {
  return Result::ok(to_bytes(call([&] { return connection_.recv_bytes(operation.maxlength); })));
}

Result ConnectionObject::recv_bytes_into(const Operation& operation, Call& call) {
  std::vector<std::byte> room(operation.room, kFill);
  try {
    const std::int64_t offset = operation.offset.value_or(0);
    const std::size_t count = call([&] { return connection_.recv_bytes_into(room, offset); });
    // The count of a broken library may exceed the room, and only the room can be shown.
    const std::size_t first = std::min(room.size(), static_cast<std::size_t>(offset));
    const std::size_t shown = std::min(count, room.size() - first);
    const auto is_fill = [](std::byte byte) { return byte == kFill; };
    const bool untouched = std::ranges::all_of(std::span(room).first(first), is_fill) &&
                           std::ranges::all_of(std::span(room).subspan(first + shown), is_fill);
    return Result::ok(driver::ReceivedInto{.count = count,
                                           .bytes = to_bytes(std::span(room).subspan(first, shown)),
                                           .rest_untouched = untouched});
  } catch (const BufferTooShort& error) {
    return {.outcome = Outcome::kBufferTooShort,
            .value = to_bytes(error.message()),
            .error_type = "psq::BufferTooShort",
            .error_message = error.what()};
  }
}

}  // namespace psq::reference_driver
