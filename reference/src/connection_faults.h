// What connections do wrong on purpose. Nothing of it is in the normal library; the seams that call
// it are one line each.

#pragma once

#include <poll.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "psq/connection.h"
#include "psq/timeout.h"
#include "src/fault_seam.h"

namespace psq::detail {

using Message = std::span<const std::byte>;

// Sends the message, or what the fault makes of it: less, more, another one, or later.
void faulty_send(int descriptor, Message message, const std::function<void(Message)>& write);

// Before a message's first byte is read. May throw what ends the receive.
void faulty_receive(int descriptor);

// At the end of the stream. May throw something else.
void faulty_end_of_stream();

// Before a poll looks; may change how long.
void faulty_poll_begins(Timeout& timeout);

// What a poll answers that found `found`.
bool faulty_poll(const pollfd& watched, bool found);

// Before a wait looks; may change how long.
void faulty_wait_begins(Timeout& timeout);

// After a wait has looked: changes what was found ready.
void faulty_wait(std::span<pollfd> watched);

// At a close of this descriptor; -1 when it was closed before.
void faulty_close(int descriptor) noexcept;

// Arguments that are to be checked; some are no longer refused, or only when harm is done.
void faulty_slice(std::size_t length, std::int64_t& offset, std::optional<std::int64_t>& size);
void faulty_maximum(int descriptor, std::optional<std::int64_t>& maximum);
void faulty_offset(int descriptor, std::size_t room, std::int64_t& offset);

// After `length` bytes were placed in `room`, a part of `whole`. Returns what is answered.
std::size_t faulty_room(std::span<std::byte> whole, std::span<std::byte> room, std::size_t length);

// Sends the end, or does what the fault makes of it: closes it too, or sends it later.
void faulty_send_end(int carrier, ConnectionBase& end, const std::function<void(int, int)>& send);

// After an end was received; may change what it can do, or keep a copy.
void faulty_receive_end(int descriptor, ConnectionBase::Access& access);

// Takes one message away.
void eat_message(int descriptor);

}  // namespace psq::detail
