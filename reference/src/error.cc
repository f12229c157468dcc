#include "psq/error.h"

namespace psq {

Empty::Empty() : Error("no item was obtained within the time given") {}

Full::Full() : Error("no slot became free within the time given") {}

TimeoutError::TimeoutError() : Error("no message began within the time given") {}

Closed::Closed(const std::string& what_is_closed)
    : Error(what_is_closed + " is closed in this process") {}

EndOfStream::EndOfStream() : Error("the other end is closed and all it sent has been received") {}

BrokenPipe::BrokenPipe() : Error("every copy of the receiving end is closed") {}

ConnectionReset::ConnectionReset()
    : Error("the other end was closed while data sent to it was unread") {}

BufferTooShort::BufferTooShort(std::size_t room, std::vector<std::byte> message)
    : Error("a message of " + std::to_string(message.size()) + " bytes does not fit into " +
            std::to_string(room) + " bytes; it comes with this error"),
      message_(std::move(message)) {}

MessageTooLong::MessageTooLong(std::uint64_t length, std::uint64_t maximum)
    : Error("a message of " + std::to_string(length) + " bytes is longer than the maximum of " +
            std::to_string(maximum) + "; this end receives nothing more") {}

TaskDoneTooOften::TaskDoneTooOften()
    : Error("task_done was called more often than there were tasks") {}

CountOverflow::CountOverflow()
    : Error("too many unfinished tasks; call task_done once for each item got") {}

SystemError::SystemError(const std::string& doing, int error_number)
    : Error(doing + ": " + std::generic_category().message(error_number)),
      code_(error_number, std::generic_category()) {}

}  // namespace psq
