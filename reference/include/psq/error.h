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

#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace psq {

struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A get obtained no item within the time it was given. It says nothing about the queue being empty.
struct Empty : Error {
  Empty() : Error("no item was obtained within the time given") {}
};

// A put found no free slot within the time it was given. The item was not put.
struct Full : Error {
  Full() : Error("no slot became free within the time given") {}
};

// Nothing came within the time given, in a call that has no better name for it. Nothing was taken.
struct TimeoutError : Error {
  TimeoutError() : Error("no message began within the time given") {}
};

// The object was closed in this process before.
struct Closed : Error {
  explicit Closed(const std::string& what) : Error(what + " is closed in this process") {}
};

// Every copy of the other end is closed, and all that it sent has been received.
struct EndOfStream : Error {
  EndOfStream() : Error("the other end is closed and all it sent has been received") {}
};

// No process holds the receiving end any more.
struct BrokenPipe : Error {
  BrokenPipe() : Error("every copy of the receiving end is closed") {}
};

// The other end of a duplex pipe was closed while data sent to it was still unread.
struct ConnectionReset : Error {
  ConnectionReset() : Error("the other end was closed while data sent to it was unread") {}
};

// The message did not fit into the caller's buffer. It was consumed and travels with the error; the
// connection stays usable.
struct BufferTooShort : Error {
  BufferTooShort(std::size_t room, std::vector<std::byte> message)
      : Error("a message of " + std::to_string(message.size()) + " bytes does not fit into " +
              std::to_string(room) + " bytes; it comes with this error"),
        message_(std::move(message)) {}
  [[nodiscard]] const std::vector<std::byte>& message() const noexcept { return message_; }

 private:
  std::vector<std::byte> message_;
};

// The message is longer than the caller's maximum. This end receives nothing from now on.
struct MessageTooLong : Error {
  MessageTooLong(std::uint64_t length, std::uint64_t maximum)
      : Error("a message of " + std::to_string(length) + " bytes is longer than the maximum of " +
              std::to_string(maximum) + "; this end receives nothing more") {}
};

// A send on an end that only receives, or a receive on one that only sends.
struct WrongDirection : Error {
  using Error::Error;
};

// The item could not be turned into bytes. Nothing was put or sent. The codec's own error is
// nested.
struct NotSerializable : Error {
  using Error::Error;
};

// The received bytes could not be turned into an item. They were consumed, except by
// recv_connection. The codec's own error is nested.
struct NotDeserializable : Error {
  using Error::Error;
};

// There was no unfinished task that could be done. The count stays zero.
struct TaskDoneTooOften : Error {
  TaskDoneTooOften() : Error("task_done was called more often than there were tasks") {}
};

// The count of unfinished tasks is at its largest. The item was not put.
struct CountOverflow : Error {
  CountOverflow() : Error("too many unfinished tasks; call task_done once for each item got") {}
};

// A stream ended inside of a message, or holds what no sender writes.
struct Corrupted : Error {
  using Error::Error;
};

// The value of an argument is out of its range. Nothing was done.
struct InvalidArgument : Error {
  using Error::Error;
};

// A call out of its order: join_thread before close.
struct NotStarted : Error {
  using Error::Error;
};

// The operating system refused something for a reason that has no name of its own here.
struct SystemError : Error {
  SystemError(const std::string& doing, int error_number)
      : Error(doing + ": " + std::generic_category().message(error_number)),
        code_(error_number, std::generic_category()) {}
  [[nodiscard]] std::error_code code() const noexcept { return code_; }

 private:
  std::error_code code_;
};

}  // namespace psq
