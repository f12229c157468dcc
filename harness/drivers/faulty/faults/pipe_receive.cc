// Faults of received messages, against spec/pipe.md.
#include <poll.h>

#include <algorithm>
#include <atomic>

#include "connection_effects.h"
#include "effects.h"
#include "faults/tables.h"

namespace psq::faulty {
namespace {

using driver::Outcome;
using driver::ReceivedInto;
using driver::Result;
using driver::Verb;

constexpr int kLarge = 16384;

// Throws in place of receiving when the events that the end has now say so.
template <typename Error>
Effect instead_of_receiving(bool (*is_time)(const End&, short events)) {
  return receiving([=](ConnectionStep& step) {
    if (is_time(step.end(), events_now(step.end().fd(), POLLIN))) throw Error();
    return step.proceed();
  });
}

// Receives what the end of the stream leaves of a message as if it was all of it.
Result receive_cut(ConnectionStep& step) {
  auto message = take_message(step.end().fd());
  if (!message) return step.proceed();
  if (step.operation.verb == Verb::kRecv)
    return Result::ok(reference_driver::to_value(
        detail::deserialize<reference_driver::Payload>(*std::move(message))));
  return Result::ok(driver::Bytes{*std::move(message)});
}

// Changes the answer of a recv_bytes_into that placed a message.
Effect placing(void (*change)(ReceivedInto&, std::size_t room_behind_offset, bool has_offset)) {
  return on({Verb::kRecvBytesInto}, [=](ConnectionStep& step) {
    Result result = step.proceed();
    const auto offset = static_cast<std::size_t>(step.operation.offset.value_or(0));
    if (auto* into = std::get_if<ReceivedInto>(&result.value))
      change(*into, step.operation.room - offset, offset > 0);
    return result;
  });
}

// Changes the answer of a recv_bytes_into whose buffer was too short.
Effect too_short(void (*change)(Result&, std::string& message, std::size_t room)) {
  return on({Verb::kRecvBytesInto}, [=](ConnectionStep& step) {
    Result result = step.proceed();
    const auto offset = static_cast<std::size_t>(step.operation.offset.value_or(0));
    if (result.outcome == Outcome::kBufferTooShort)
      change(result, std::get<driver::Bytes>(result.value).data, step.operation.room - offset);
    return result;
  });
}

Effect maximum(void (*change)(std::optional<std::int64_t>& maximum, int descriptor)) {
  return arguments_of(Verb::kRecvBytes, [=](ConnectionStep& step) {
    change(step.operation.maxlength, step.end().fd());
  });
}

bool is_bad_offset(const driver::Operation& operation) {
  const std::int64_t offset = operation.offset.value_or(0);
  return offset < 0 || static_cast<std::uint64_t>(offset) > operation.room;
}

}  // namespace

std::vector<Fault> pipe_recv_faults() {
  return {
      fault(
          "recv-gives-up", "pipe.recv.waits-for-message",
          "a receive with no message there reports the end of the stream",
          {instead_of_receiving<EndOfStream>([](const End&, short events) { return events == 0; })},
          {.also = {"pipe.recv.*"}}),
      fault("pending-lost", "pipe.recv.pending-then-end-of-stream",
            "what is still there is lost when the other end is gone",
            {instead_of_receiving<EndOfStream>(
                [](const End&, short events) { return (events & POLLHUP) != 0; })},
            {.also = {"pipe.recv.*"}}),
      fault("last-pending-lost", "pipe.recv.pending-then-end-of-stream",
            "the last message before the end of the stream is lost",
            {instead_of_receiving<EndOfStream>([](const End& end, short events) {
              return (events & POLLHUP) != 0 && unread_bytes(end.fd()) < 64;
            })}),
      fault("reset-loses-pending", "pipe.recv.other-end-left-unread",
            "what is still there is lost when the other end left something unread",
            {instead_of_receiving<ConnectionReset>(
                [](const End&, short events) { return (events & POLLERR) != 0; })}),
      fault("reset-is-corrupted", "pipe.recv.other-end-left-unread",
            "a reset connection is reported as a damaged stream",
            {receiving([](ConnectionStep& step) {
              try {
                return step.proceed();
              } catch (const ConnectionReset&) {
                throw Corrupted("reset");
              }
            })}),
      fault("end-of-stream-once", "pipe.recv.end-of-stream-repeats",
            "a second receive at the end of the stream reports damage",
            {receiving([](ConnectionStep& step) {
              static std::atomic<int> ends_seen{0};
              try {
                return step.proceed();
              } catch (const EndOfStream&) {
                if (ends_seen++ > 0) throw Corrupted("got nothing");
                throw;
              }
            })},
            {.also = {"pipe.recv.*"}}),
      fault("cut-message-ok", "pipe.recv.cut-message",
            "a message that the end of the stream cuts short is received",
            {on({Verb::kRecv, Verb::kRecvBytes}, receive_cut)}),
      fault("recv-direction-unchecked", "pipe.recv.wrong-direction",
            "a receive on a sending end is tried all the same",
            {on({Verb::kRecv, Verb::kRecvBytes, Verb::kRecvBytesInto, Verb::kPoll},
                [](ConnectionStep& step) { return step.proceed_unchecked(); })}),
      fault("undeserializable-eats-next", "pipe.recv.not-deserializable",
            "with a message that cannot be deserialized the next one is lost",
            {on({Verb::kRecv},
                [](ConnectionStep& step) {
                  try {
                    return step.proceed();
                  } catch (const NotDeserializable&) {
                    (void)step.end().recv_bytes();
                    throw;
                  }
                })}),
      fault("messages-joined", "pipe.message.boundaries",
            "recv_bytes joins two messages that are there",
            {on({Verb::kRecvBytes},
                [](ConnectionStep& step) {
                  Result result = step.proceed();
                  if (step.end().poll())
                    std::get<driver::Bytes>(result.value).data +=
                        Codec<std::string>::decode(step.end().recv_bytes());
                  return result;
                })},
            {.also = {"pipe.message.empty"}}),
  };
}

std::vector<Fault> pipe_recv_bytes_faults() {
  using Maximum = std::optional<std::int64_t>;
  return {
      fault("maximum-ignored", "pipe.recv-bytes.message-too-long", "recv_bytes ignores its maximum",
            {maximum([](Maximum& maximum, int) {
              if (maximum.value_or(-1) >= 0) maximum.reset();
            })},
            {.also = {"pipe.recv-bytes.after-message-too-long"}}),
      fault("maximum-large-ignored", "pipe.recv-bytes.message-too-long",
            "recv_bytes ignores its maximum for a message of more than 16 KiB",
            {maximum([](Maximum& maximum, int descriptor) {
              if (unread_bytes(descriptor) > kLarge) maximum.reset();
            })}),
      fault("maximum-exclusive", "pipe.recv-bytes.message-too-long",
            "a message as long as maxlength is refused", {maximum([](Maximum& maximum, int) {
              if (maximum.value_or(0) > 0) --*maximum;
            })}),
      fault("negative-maximum-eats", "pipe.recv-bytes.negative-maxlength",
            "a negative maxlength is refused after the message is read",
            {maximum([](Maximum& maximum, int descriptor) {
              if (maximum.value_or(0) < 0) take_message(descriptor);
            })}),
      fault("negative-maximum-unlimited", "pipe.recv-bytes.negative-maxlength",
            "a negative maxlength is none", {maximum([](Maximum& maximum, int) {
              if (maximum.value_or(0) < 0) maximum.reset();
            })}),
      fault("too-long-closes-both-ways", "pipe.send.after-message-too-long",
            "a duplex end that refused a message is closed",
            {on({Verb::kRecvBytes},
                [](ConnectionStep& step) {
                  try {
                    return step.proceed();
                  } catch (const MessageTooLong&) {
                    step.end().close();
                    throw;
                  }
                })}),
  };
}

std::vector<Fault> pipe_recv_bytes_into_faults() {
  return {
      fault("into-ignores-offset", "pipe.recv-bytes-into.places-bytes",
            "the message is placed at the begin of the buffer too",
            {placing([](ReceivedInto& into, std::size_t, bool has_offset) {
              if (has_offset && into.count > 0) into.rest_untouched = false;
            })}),
      fault("into-clears-rest", "pipe.recv-bytes-into.places-bytes",
            "the buffer behind the message is zeroed",
            {placing([](ReceivedInto& into, std::size_t room, bool) {
              if (into.count < room) into.rest_untouched = false;
            })}),
      fault("into-counts-room", "pipe.recv-bytes-into.places-bytes",
            "the answer is the room, not the message's length",
            {placing([](ReceivedInto& into, std::size_t room, bool) {
              into.bytes.data.resize(room);
              into.count = room;
            })}),
      fault("bad-offset-eats", "pipe.recv-bytes-into.bad-offset",
            "a bad offset is refused after the message is read",
            {arguments_of(Verb::kRecvBytesInto,
                          [](ConnectionStep& step) {
                            if (is_bad_offset(step.operation)) take_message(step.end().fd());
                          })}),
      fault("bad-offset-wraps", "pipe.recv-bytes-into.bad-offset",
            "a negative offset counts from the end of the buffer",
            {arguments_of(Verb::kRecvBytesInto,
                          [](ConnectionStep& step) {
                            auto& operation = step.operation;
                            if (operation.offset.value_or(0) < 0)
                              *operation.offset += static_cast<std::int64_t>(operation.room);
                          })}),
      fault("too-short-truncates", "pipe.recv-bytes-into.too-short",
            "a message that does not fit is cut without an error",
            {too_short([](Result& result, std::string& message, std::size_t room) {
              result = Result::ok(ReceivedInto{.count = room,
                                               .bytes = {.data = message.substr(0, room)},
                                               .rest_untouched = true});
            })}),
      fault("too-short-large-cut", "pipe.recv-bytes-into.too-short",
            "of a large message that does not fit only 64 KiB come",
            {too_short([](Result&, std::string& message, std::size_t) {
              message.resize(std::min<std::size_t>(message.size(), 65536));
            })}),
  };
}

}  // namespace psq::faulty
