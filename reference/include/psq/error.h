// The errors of psq: one type per way in which an operation can end, all under psq::Error.
//
// Their names are those of the law's table of outcomes. An operation that throws one of them had no
// other effect than the one its comment names; the object stays usable unless it says otherwise.

//
// Errors are values: they may be copied, kept, and handed to another thread.
//
// Clauses: queue.get.empty-after-timeout, queue.put.full-after-timeout,
// pipe.recv.pending-then-end-of-stream, pipe.send.broken-pipe, pipe.recv-bytes-into.too-short,
// pipe.recv-bytes.message-too-long, pipe.recv.cut-message, pipe.recv.other-end-left-unread,
// joinable-queue.task-done.too-often, joinable-queue.put.count-overflow,
// queue.join-thread.before-close.

#ifndef PSQ_ERROR_H_
#define PSQ_ERROR_H_

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace psq {

class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A get obtained no item within the time it was given. It says nothing about the queue being empty.
class Empty : public Error {
 public:
  Empty();
};

// A put found no free slot within the time it was given. The item was not put.
class Full : public Error {
 public:
  Full();
};

// Nothing came within the time given, in a call that has no better name for it. Nothing was taken.
class TimeoutError : public Error {
 public:
  TimeoutError();
};

// The object was closed in this process before.
class Closed : public Error {
 public:
  explicit Closed(const std::string& what_is_closed);
};

// Every copy of the other end is closed, and all that it sent has been received.
class EndOfStream : public Error {
 public:
  EndOfStream();
};

// Nobody is left who could receive what was sent.
class BrokenPipe : public Error {
 public:
  BrokenPipe();
};

// The other end of a duplex pipe was closed while data sent to it was still unread.
class ConnectionReset : public Error {
 public:
  ConnectionReset();
};

// The message did not fit into the caller's buffer. It was consumed and travels with the error; the
// connection stays usable.
class BufferTooShort : public Error {
 public:
  BufferTooShort(std::size_t room, std::vector<std::byte> message);
  [[nodiscard]] const std::vector<std::byte>& message() const noexcept { return message_; }

 private:
  std::vector<std::byte> message_;
};

// The message is longer than the caller's maximum. This end receives nothing from now on.
class MessageTooLong : public Error {
 public:
  MessageTooLong(std::uint64_t length, std::uint64_t maximum);
};

// A send on an end that only receives, or a receive on one that only sends.
class WrongDirection : public Error {
 public:
  using Error::Error;
};

// The item could not be turned into bytes. Nothing was put or sent. The codec's own error is
// nested.
class NotSerializable : public Error {
 public:
  using Error::Error;
};

// The received bytes could not be turned into an item. They were consumed, except by
// recv_connection. The codec's own error is nested.
class NotDeserializable : public Error {
 public:
  using Error::Error;
};

// There was no unfinished task that could be done. The count stays zero.
class TaskDoneTooOften : public Error {
 public:
  TaskDoneTooOften();
};

// The count of unfinished tasks is at its largest. The item was not put.
class CountOverflow : public Error {
 public:
  CountOverflow();
};

// A stream ended inside of a message, or holds what no sender writes.
class Corrupted : public Error {
 public:
  using Error::Error;
};

// The value of an argument is out of its range. Nothing was done.
class InvalidArgument : public Error {
 public:
  using Error::Error;
};

// A call out of its order: join_thread before close.
class NotStarted : public Error {
 public:
  using Error::Error;
};

// The operating system refused something for a reason that has no name of its own here.
class SystemError : public Error {
 public:
  SystemError(const std::string& doing, int error_number);
  [[nodiscard]] std::error_code code() const noexcept { return code_; }

 private:
  std::error_code code_;
};

}  // namespace psq

#endif  // PSQ_ERROR_H_
