// Connection<T>: one end of a pipe, which sends and receives messages over a real descriptor.
//
// On the wire it is Python's: each message is its length in 4 bytes, signed, most significant
// first, then its bytes; lengths of 2^31 or more are -1 and then 8 unsigned bytes. An end of a pipe
// that is sent through a duplex end travels as -2^31 and one byte, with its descriptor attached.
//
// Processes: an end is inherited by fork; the other side sees the end of the stream when every copy
// is closed. Threads: a Connection belongs to one thread at a time; two threads that send at once
// may garble the stream, no more than that. Signals that arrive meanwhile do not end a call, and no
// call raises SIGPIPE. Units: bytes. A call that throws has taken and sent nothing, unless it says
// otherwise. A connection that was moved from is closed.
//
// Clauses: pipe.order.messages, pipe.message.boundaries, pipe.message.empty,
// pipe.item.sizes-intact, pipe.duplex.both-ways-at-once, pipe.close.operations-closed,
// failure.kill.pipe-end-of-stream, failure.kill.pipe-broken.

#pragma once

#include <concepts>
#include <optional>

#include "psq/codec.h"
#include "psq/descriptor.h"
#include "psq/timeout.h"

namespace psq {

// What all connections have in common, whatever they send.
//
// Every method but close, closed, readable, writable and fd throws Closed after close. Receiving
// methods throw WrongDirection on an end that only sends, sending ones on an end that only
// receives; both before they look at any argument. Sending throws BrokenPipe when no copy of the
// other end is left, receiving throws EndOfStream, or Corrupted when the stream ended inside of a
// message, or ConnectionReset. Clauses: pipe.send.wrong-direction, pipe.recv.wrong-direction,
// pipe.send.broken-pipe, pipe.send.broken-pipe-last-copy, pipe.recv.pending-then-end-of-stream,
// pipe.recv.end-of-stream-repeats, pipe.recv.end-of-stream-last-copy, pipe.recv.cut-message,
// pipe.recv.other-end-left-unread.
class ConnectionBase {
 public:
  // What an end can do. Ends of pipes are carried by sockets alone, and all of these are duplex.
  enum Access : std::uint8_t { kReceives = 1, kSends = 2, kSocket = 4, kDuplex = 7 };
  // Takes over a descriptor, which will be closed with the connection.
  ConnectionBase(int descriptor, Access access) noexcept
      : descriptor_(descriptor), access_(access) {}

  // Sends `size` bytes of `message` from `offset` on; all that follow when there is no size.
  // Throws InvalidArgument, with nothing sent, when they are not all in the message. Clauses:
  // pipe.send-bytes.slice, pipe.send-bytes.bad-slice.
  void send_bytes(std::span<const std::byte> message, std::int64_t offset = 0,
                  std::optional<std::int64_t> size = std::nullopt);

  // Receives one message, waiting for it as long as it takes. When it is longer than `maximum`
  // bytes this end can receive no more (a one-way receiver is closed) and MessageTooLong is thrown.
  // Throws InvalidArgument, with nothing received, when maximum is negative. Clauses:
  // pipe.recv-bytes.message-too-long, pipe.recv-bytes.negative-maxlength,
  // pipe.recv-bytes.after-message-too-long, pipe.send.after-message-too-long.
  [[nodiscard]] std::vector<std::byte> recv_bytes(
      std::optional<std::int64_t> maximum = std::nullopt);

  // Receives one message into `room` from `offset` on and returns its length. When it does not fit
  // BufferTooShort brings it, and the room is unchanged.
  // Throws InvalidArgument, with nothing received, when the offset is not within the room. Clauses:
  // pipe.recv-bytes-into.places-bytes, pipe.recv-bytes-into.too-short,
  // pipe.recv-bytes-into.bad-offset.
  std::size_t recv_bytes_into(std::span<std::byte> room, std::int64_t offset = 0);

  // Whether something can be received, the end of the stream included, within the timeout. True
  // means that at least the first byte of a message is there. Clauses:
  // pipe.poll.false-after-timeout, pipe.poll.true-with-message, pipe.poll.true-at-end-of-stream,
  // pipe.poll.zero-at-once, pipe.poll.partial-message, pipe.timed-calls.answer-by-value.
  [[nodiscard]] bool poll(Timeout timeout = no_wait);

  // Sends a copy of `end`, which may be an end of any pipe, through this one, a duplex end, in
  // order with the messages; the other end obtains it with recv_connection, in whatever process.
  // `end` stays open here, and may be closed as soon as this returns: the copy is kept on its way.
  // Throws, with nothing sent, InvalidArgument when this is an end of a one-way pipe, Closed when
  // this or `end` is closed, and SystemError (ETOOMANYREFS) when too many are on their way.
  // Clauses: pipe.send-connection.arrives, pipe.send-connection.sender-keeps,
  // pipe.send-connection.sender-may-close, pipe.send-connection.in-order.
  void send_connection(const ConnectionBase& end);

  // Closes this end in this process. Idempotent. Clauses: pipe.close.idempotent, pipe.close.local,
  // pipe.attributes.after-close.
  void close() noexcept;

  [[nodiscard]] bool closed() const noexcept { return fd() < 0; }
  [[nodiscard]] bool readable() const noexcept { return (access_ & kReceives) != 0; }
  [[nodiscard]] bool writable() const noexcept { return (access_ & kSends) != 0; }
  // The descriptor, for poll(2) and the like; it stays the connection's. -1 after close.
  [[nodiscard]] int fd() const noexcept { return descriptor_.get(); }

 protected:
  // Returns the descriptor of an end that can do all that is `needed`.
  int check(int needed) const;
  void send_message(std::span<const std::byte> message);
  std::string receive_message(std::optional<std::int64_t> maximum = std::nullopt);
  ConnectionBase receive_end();  // Its descriptor is close-on-exec.

 private:
  detail::Descriptor descriptor_;
  Access access_;
};

// A connection whose messages are serialized values of type T; bytes may travel beside them.
template <typename T>
class Connection : public ConnectionBase {
 public:
  using ConnectionBase::ConnectionBase;
  // That values of type T travel through the end is the caller's word.
  explicit Connection(ConnectionBase&& end) noexcept : ConnectionBase(std::move(end)) {}

  // Serializes and sends one item, waiting as long as the pipe has no room.
  // Throws NotSerializable with nothing sent. Clauses: pipe.send.small-needs-no-receiver,
  // pipe.send.waits-when-full, pipe.send.not-serializable.
  void send(const T& item) {
    (void)check(kSends);
    detail::with_bytes(
        item, [&](std::string_view bytes) { send_message(std::as_bytes(std::span(bytes))); });
  }

  // Receives one item, waiting for it as long as it takes. With a timeout: when no message begins
  // within it TimeoutError, and nothing is taken. A message that has begun is waited for as long as
  // it takes.
  // Throws NotDeserializable; the message is consumed. Clauses: pipe.recv.waits-for-message,
  // pipe.recv.not-deserializable, pipe.recv.empty-message.
  [[nodiscard]] T recv(Timeout timeout = forever) {
    if (!timeout.is_forever() && !poll(timeout)) throw TimeoutError();
    auto message = receive_message();
    return detail::deserialize<std::remove_cv_t<T>>(std::move(message));
  }

  // The same, but nothing instead of TimeoutError.
  [[nodiscard]] std::optional<T> try_recv(Timeout timeout = no_wait) {
    if (!poll(timeout)) return std::nullopt;
    return recv();
  }

  // Receives an end that was sent with send_connection, waiting for it as long as it takes. It
  // sends and receives what its pipe carries, values of type U: nothing that travels says which, so
  // both sides have to agree, as they do about T. It is not inherited by exec. Throws
  // NotDeserializable when a message comes next, which then can be received as usual;
  // InvalidArgument when this is an end of a one-way pipe; SystemError (EMFILE) when this process
  // has no descriptor free, and the end can be received once it has. (A receive of a message that
  // finds an end instead throws NotDeserializable and loses it.)
  template <typename U = T>
  [[nodiscard]] Connection<U> recv_connection() {
    return Connection<U>(receive_end());
  }
};

// The connections of `connections` that can be received from (the end of the stream included), in
// the order in which they were given; empty when there is none within the timeout. A connection
// that only sends is ready when its receiver is gone. They may be of different types:
// wait({&jobs, &orders}, 200ms).
// Throws Closed when one of them is closed, InvalidArgument when one is null. Takes nothing.
// Clauses: pipe.wait.ready-subset, pipe.wait.timeout-empty, pipe.wait.zero-at-once,
// pipe.wait.takes-nothing, pipe.wait.closed-member, pipe.wait.same-end-twice.
[[nodiscard]] std::vector<ConnectionBase*> wait(const std::vector<ConnectionBase*>& connections,
                                                Timeout timeout = forever);

// The same for any range of pointers to connections of one type.
template <std::ranges::input_range Range, typename Pointer = std::ranges::range_value_t<Range>>
requires std::convertible_to<Pointer, ConnectionBase*>
[[nodiscard]] std::vector<Pointer> wait(const Range& connections, Timeout timeout = forever) {
  const std::vector<ConnectionBase*> all(connections.begin(), connections.end());
  std::vector<Pointer> ready;
  for (auto* each : wait(all, timeout)) ready.push_back(static_cast<Pointer>(each));
  return ready;
}

}  // namespace psq
