// The errors of psq: one type for each outcome of an operation that is not a success, all derived
// from psq::Error.
//
// The table of outcomes in the law (spec/outcomes.md) has an outcome of the same name for each. An
// operation that throws an error has only the effect that the comment of the error names. The
// object stays usable, unless that comment says otherwise.
//
// Threads: errors are values. They may be copied, kept, and handed to another thread.
//
// Clauses: queue.get.empty-after-timeout, queue.put.full-after-timeout,
// pipe.recv.pending-then-end-of-stream, pipe.send.broken-pipe, pipe.recv-bytes-into.too-short,
// pipe.recv-bytes.message-too-long, pipe.recv.cut-message, pipe.recv.other-end-left-unread,
// joinable-queue.task-done.too-often, joinable-queue.put.count-overflow,
// queue.join-thread.unclosed.

#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "psq/export.h"

namespace PSQ_EXPORT psq {

// The base of all errors of psq.
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A get obtained no item within its timeout. The queue may hold items all the same.
struct Empty : Error {
  Empty() : Error("the get obtained no item within its timeout") {}
};

// A put found no free slot, or a SimpleQueue's no room, within its timeout. The item is not put.
struct Full : Error {
  Full() : Error("no slot became free within the timeout") {}
};

// A call other than put and get did not succeed within its timeout. It took nothing.
struct TimeoutError : Error {
  TimeoutError() : Error("no message began within the timeout") {}
};

// The object is closed in this process.
struct Closed : Error {
  // `what` names the object.
  explicit Closed(const std::string& what) : Error(what + " is closed in this process") {}
};

// Every copy of the other end is closed, and every message that it sent has been received.
struct EndOfStream : Error {
  EndOfStream() : Error("the other end is closed, and every message from it has been received") {}
};

// Every copy of the receiving end is closed, so no process can receive the message.
struct BrokenPipe : Error {
  BrokenPipe() : Error("every copy of the receiving end is closed") {}
};

// The other end of a duplex pipe was closed with unread data in it.
struct ConnectionReset : Error {
  ConnectionReset() : Error("the other end was closed with unread data in it") {}
};

// The message does not fit into the caller's buffer. It is consumed, and the error carries it. The
// connection stays usable.
struct BufferTooShort : Error {
  // For a message that does not fit into `room` bytes.
  BufferTooShort(std::size_t room, std::vector<std::byte> message)
      : Error("a message of " + std::to_string(message.size()) + " bytes does not fit into " +
              std::to_string(room) + " bytes; this error carries it"),
        message_(std::move(message)) {}
  // The whole message.
  [[nodiscard]] const std::vector<std::byte>& message() const noexcept { return message_; }

 private:
  std::vector<std::byte> message_;
};

// The message is longer than the caller's maximum. This end cannot receive from now on.
struct MessageTooLong : Error {
  // Both in bytes.
  MessageTooLong(std::uint64_t length, std::uint64_t maximum)
      : Error("a message of " + std::to_string(length) + " bytes is longer than the maximum of " +
              std::to_string(maximum) + "; this end cannot receive from now on") {}
};

// A send on an end that only receives, or a receive on an end that only sends.
struct WrongDirection : Error {
  using Error::Error;
};

// The codec cannot turn the item into bytes. Nothing is put or sent. The error of the codec is
// nested in this one.
struct NotSerializable : Error {
  using Error::Error;
};

// The codec cannot turn the received bytes into an item. The bytes are consumed, except by
// recv_connection. The error of the codec is nested in this one.
struct NotDeserializable : Error {
  using Error::Error;
};

// task_done was called while no task was unfinished. The count stays zero.
struct TaskDoneTooOften : Error {
  TaskDoneTooOften() : Error("task_done was called while no task was unfinished") {}
};

// The count of unfinished tasks is at its maximum. The item is not put.
struct CountOverflow : Error {
  CountOverflow() : Error("too many unfinished tasks; call task_done once for each item got") {}
};

// A stream ended inside a message, or holds bytes that no sender writes.
struct Corrupted : Error {
  using Error::Error;
};

// An argument is out of range. The call has no effect.
struct InvalidArgument : Error {
  using Error::Error;
};

// A call came too early: join_thread before close.
struct NotStarted : Error {
  using Error::Error;
};

// A system call failed, for a reason that has no type of its own here.
struct SystemError : Error {
  // `doing` says what failed, and `error_number` is what errno was then.
  SystemError(const std::string& doing, int error_number)
      : Error(doing + ": " + std::generic_category().message(error_number)),
        code_(error_number, std::generic_category()) {}
  // The error number, in the generic category.
  [[nodiscard]] std::error_code code() const noexcept { return code_; }

 private:
  std::error_code code_;
};

}  // namespace psq
