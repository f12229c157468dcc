// Connection<T>: one end of a pipe, which sends and receives messages over a real descriptor.
//
// The wire format is that of Python's multiprocessing. A message is its length (4 bytes, signed,
// most significant byte first), then its bytes. A length of 2^31 or more is written as -1, then 8
// unsigned bytes. An end of a pipe that is sent through a duplex end is -2^31 and one byte, with
// its descriptor attached.
//
// Processes: a child inherits an end by fork; the other side sees the end of the stream when every
// copy is closed. Threads: one thread at a time uses a Connection. Two threads that send at the
// same time may mix their messages in the stream and do no other harm. A signal does not end a
// call, and no call raises SIGPIPE. Units: bytes. A call that throws has received and sent nothing,
// unless its comment says otherwise. A connection that was moved from is closed.
//
// Clauses: pipe.order.messages, pipe.message.boundaries, pipe.message.empty,
// pipe.item.sizes-intact, pipe.duplex.both-ways-at-once, pipe.close.operations-closed,
// failure.kill.pipe-end-of-stream, failure.kill.pipe-broken.

#pragma once

#include <optional>
#include <span>
#include <string>

#include "psq/codec.h"
#include "psq/descriptor.h"
#include "psq/export.h"
#include "psq/timeout.h"
#include "psq/wait.h"

namespace PSQ_EXPORT psq {

// What connections of all types have in common.
//
// After close every method throws Closed, except close, closed, readable, writable and fd. A method
// that receives throws WrongDirection on an end that only sends, and a method that sends on an end
// that only receives, before it checks its arguments. When no copy of the other end is left, a send
// throws BrokenPipe, and a receive throws EndOfStream, or Corrupted when the stream ends within a
// message, or ConnectionReset when the other end left something unread. A receive throws
// SystemError (ENOMEM) when this process has no memory for the message; this end receives nothing
// more then, and a one-way receiver is closed. Clauses: pipe.send.wrong-direction,
// pipe.recv.wrong-direction, pipe.send.broken-pipe, pipe.send.broken-pipe-last-copy,
// pipe.recv.pending-then-end-of-stream, pipe.recv.end-of-stream-repeats,
// pipe.recv.end-of-stream-last-copy, pipe.recv.cut-message, pipe.recv.other-end-left-unread.
class ConnectionBase : public Waitable {
 public:
  // What an end can do. Only a socket carries ends of pipes, and every socket is duplex.
  enum Access : std::uint8_t { kReceives = 1, kSends = 2, kSocket = 4, kDuplex = 7 };
  // Takes over the descriptor, and closes it with the connection.
  ConnectionBase(int descriptor, Access access) noexcept
      : ConnectionBase(detail::Descriptor(descriptor), access) {}
  // The same, for a descriptor that has an owner already.
  ConnectionBase(detail::Descriptor descriptor, Access access) noexcept
      : descriptor_(std::move(descriptor)), access_(access) {}

  // Sends `size` bytes of `message` from `offset` on; without a size, all bytes from there on.
  // Throws InvalidArgument, with nothing sent, when the message does not have them all. Clauses:
  // pipe.send-bytes.slice, pipe.send-bytes.bad-slice.
  void send_bytes(std::span<const std::byte> message, std::int64_t offset = 0,
                  std::optional<std::int64_t> size = std::nullopt);
  // Sends the message, or returns false, with nothing sent, when the pipe has no room for the
  // beginning of a message within the timeout. The timeout does not limit a message that has begun:
  // one that is longer than the room waits for the receiver, which no message of up to 4092
  // bytes does.
  [[nodiscard]] bool try_send_bytes(std::span<const std::byte> message, Timeout timeout = no_wait);

  // Waits for one message and receives it. Throws MessageTooLong when it is longer than `maximum`
  // bytes; this end receives nothing more then, and a one-way receiver is closed.
  // Throws InvalidArgument, with nothing received, when maximum is negative. Clauses:
  // pipe.recv-bytes.message-too-long, pipe.recv-bytes.negative-maxlength,
  // pipe.recv-bytes.after-message-too-long, pipe.send.after-message-too-long.
  [[nodiscard]] std::vector<std::byte> recv_bytes(
      std::optional<std::int64_t> maximum = std::nullopt);
  // As recv_bytes, but returns nullopt when no message begins within the timeout.
  [[nodiscard]] std::optional<std::vector<std::byte>> try_recv_bytes(
      Timeout timeout = no_wait, std::optional<std::int64_t> maximum = std::nullopt);

  // Waits for one message, places it in `room` from `offset` on and returns its length. Throws
  // BufferTooShort, which has the message, when it does not fit; the room is unchanged then.
  // Throws InvalidArgument, with nothing received, when the offset is not within the room. Clauses:
  // pipe.recv-bytes-into.places-bytes, pipe.recv-bytes-into.too-short,
  // pipe.recv-bytes-into.bad-offset.
  std::size_t recv_bytes_into(std::span<std::byte> room, std::int64_t offset = 0);

  // Whether a message or the end of the stream can be received within the timeout. True means that
  // at least the first byte of a message has arrived. Clauses:
  // pipe.poll.false-after-timeout, pipe.poll.true-with-message, pipe.poll.true-at-end-of-stream,
  // pipe.poll.zero-at-once, pipe.poll.partial-message, pipe.timed-calls.answer-by-value.
  [[nodiscard]] bool poll(Timeout timeout = no_wait);

  // Sends a copy of `end`, an end of any pipe, through this one, an end of a duplex pipe, in order
  // with the messages. The process at the other end receives it with recv_connection. `end` stays
  // open here; once this has returned, closing it does not end the copy that is on its way.
  // Throws, with nothing sent, InvalidArgument when this is an end of a one-way pipe, Closed when
  // this or `end` is closed, and SystemError (ETOOMANYREFS) when too many copies are on their way.
  // Clauses: pipe.send-connection.arrives, pipe.send-connection.sender-keeps,
  // pipe.send-connection.sender-may-close, pipe.send-connection.in-order.
  void send_connection(const ConnectionBase& end);

  // Closes this end in this process. Idempotent. Clauses: pipe.close.idempotent, pipe.close.local,
  // pipe.attributes.after-close.
  void close() noexcept;

  // Whether this process has closed this end.
  [[nodiscard]] bool closed() const noexcept { return fd() < 0; }
  // Whether this end receives. It may be closed.
  [[nodiscard]] bool readable() const noexcept { return (access_ & kReceives) != 0; }
  // Whether this end sends. It may be closed.
  [[nodiscard]] bool writable() const noexcept { return (access_ & kSends) != 0; }
  // The descriptor, also for poll(2) and the like. The connection keeps it. -1 after close.
  [[nodiscard]] int fd() const noexcept override { return descriptor_.get(); }

 protected:
  // Returns the descriptor when this end has all of the Access that is `needed`, and throws
  // otherwise.
  int check(int needed) const;
  // Whether a send can begin within the timeout, or throws.
  [[nodiscard]] bool wait_for_room(Timeout timeout) const;
  void send_message(std::span<const std::byte> message);
  std::string receive_message(std::optional<std::int64_t> maximum = std::nullopt);
  ConnectionBase receive_end();  // Its descriptor is close-on-exec.

 private:
  // Bytes of a message stay in the stream, so that no later message can be found.
  void end_receiving() noexcept;
  static std::string receive_body(int descriptor, std::size_t length);

  detail::Descriptor descriptor_;
  Access access_;
};

// A connection whose messages are serialized values of type T; bytes may travel beside them.
template <typename T>
class Connection : public ConnectionBase {
 public:
  using ConnectionBase::ConnectionBase;
  // The caller promises that values of type T travel through the end.
  explicit Connection(ConnectionBase&& end) noexcept : ConnectionBase(std::move(end)) {}

  // Serializes and sends one item; waits while the pipe has no room.
  // Throws NotSerializable, with nothing sent. Clauses: pipe.send.small-needs-no-receiver,
  // pipe.send.waits-for-room, pipe.send.not-serializable.
  void send(const T& item) {
    (void)check(kSends);
    detail::with_bytes(
        item, [&](std::string_view bytes) { send_message(std::as_bytes(std::span(bytes))); });
  }

  // As send, but returns false where try_send_bytes does.
  [[nodiscard]] bool try_send(const T& item, Timeout timeout = no_wait) {
    (void)check(kSends);
    return detail::with_bytes(item, [&](std::string_view bytes) {
      return try_send_bytes(std::as_bytes(std::span(bytes)), timeout);
    });
  }

  // Waits for one item and receives it. Throws TimeoutError, with nothing received, when no message
  // begins within the timeout. The timeout does not limit a message that has begun.
  // Throws NotDeserializable; the message is consumed. Clauses: pipe.recv.waits-for-message,
  // pipe.recv.not-deserializable, pipe.recv.empty-message.
  [[nodiscard]] T recv(Timeout timeout = forever) {
    if (!timeout.is_forever() && !poll(timeout)) throw TimeoutError();
    auto message = receive_message();
    return detail::deserialize<std::remove_cv_t<T>>(std::move(message));
  }

  // The same, but returns nothing where recv throws TimeoutError.
  [[nodiscard]] std::optional<T> try_recv(Timeout timeout = no_wait) {
    if (!poll(timeout)) return std::nullopt;
    return recv();
  }

  // Waits for an end that was sent with send_connection and receives it. Its pipe carries values of
  // type U. The type does not travel: both processes have to agree about U, as about T. Executed
  // programs do not inherit the end. Throws NotDeserializable when a message comes next, which recv
  // receives as usual; InvalidArgument when this is an end of a one-way pipe; SystemError (EMFILE)
  // when this process has no descriptor free: the end can be received once it has. (Any other
  // receive that meets an end throws NotDeserializable and loses the end.)
  template <typename U = T>
  [[nodiscard]] Connection<U> recv_connection() {
    return Connection<U>(receive_end());
  }
  // As recv_connection, but returns nullopt when neither an end nor a message comes within the
  // timeout.
  template <typename U = T>
  [[nodiscard]] std::optional<Connection<U>> try_recv_connection(Timeout timeout = no_wait) {
    if (!poll(timeout)) return std::nullopt;
    return recv_connection<U>();
  }
};

}  // namespace psq
