// Faults of sent messages, against spec/pipe.md.
#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <csignal>
#include <thread>
#include <utility>

#include "connection_effects.h"
#include "effects.h"
#include "faults/tables.h"
#include "searches.h"
#include "state.h"

namespace psq::faulty {
namespace {

using driver::Operation;
using driver::Verb;

constexpr std::size_t kLargeMessage = 16384;
constexpr std::size_t kMebibyte = std::size_t{1} << 20;
constexpr int kRarely = 1000;

using Pick = std::function<bool(const Sending&)>;

bool rarely(const Sending&) { return every(kRarely); }
bool rarely_of_all(const Sending&) { return every_of_all(kRarely); }

Pick larger_than(std::size_t size) {
  return [size](const Sending& sending) { return sending.message.size() > size; };
}

Effect lost(Pick pick) {
  return sending([=](Sending& sending) {
    if (!pick(sending)) sending.send();
  });
}

Effect sent_twice(Pick pick) {
  return sending([=](Sending& sending) {
    sending.send();
    if (pick(sending)) sending.send();
  });
}

// Keeps a message back until its thread has sent the next one.
Effect overtaken(Pick pick) {
  return sending([=](Sending& sending) {
    thread_local std::optional<std::string> late;
    if (!late && pick(sending)) {
      late = sending.message;
      return;
    }
    sending.send();
    if (late) sending.send(*std::exchange(late, std::nullopt));
  });
}

Effect changed(Pick pick, void (*change)(std::string&)) {
  return sending([=](Sending& sending) {
    if (pick(sending)) change(sending.message);
    sending.send();
  });
}

void cut(std::string& message) { message.pop_back(); }

void change_last_digit(std::string& message) {
  const auto is_digit = [](unsigned char byte) { return std::isdigit(byte) != 0; };
  const auto digit = std::find_if(message.rbegin(), message.rend(), is_digit);
  if (digit != message.rend()) *digit ^= 1;
}

void wait_until_read(int descriptor) {
  for (int unread = 1; unread > 0; std::this_thread::sleep_for(std::chrono::milliseconds(20))) {
    if (::ioctl(descriptor, SIOCOUTQ, &unread) != 0) unread = unread_bytes(descriptor);
  }
}

// What a send does in place of reporting that there is no receiver.
Effect without_receiver(void (*act)()) {
  return sending([=](Sending& sending) {
    try {
      sending.send();
    } catch (const BrokenPipe&) {
      act();
    }
  });
}

// An offset or size that is out of the bytes is cut to them.
void clamp_slice(Operation& operation) {
  const auto* item = std::get_if<driver::Item>(&operation.payload);
  const auto length = static_cast<std::int64_t>(
      item != nullptr ? item->size : std::get<driver::Bytes>(operation.payload).data.size());
  const auto offset = std::clamp<std::int64_t>(operation.offset.value_or(0), 0, length);
  operation.offset = offset;
  if (operation.size)
    operation.size = std::clamp<std::int64_t>(*operation.size, 0, length - offset);
}

bool is_large_slice(const Operation& operation) {
  const auto* item = std::get_if<driver::Item>(&operation.payload);
  return (item != nullptr ? item->size : std::get<driver::Bytes>(operation.payload).data.size()) >
         kLargeMessage;
}

}  // namespace

std::vector<Fault> pipe_order_faults() {
  return {
      fault("messages-swapped", "pipe.order.messages",
            "one message in a thousand is overtaken by the next", {overtaken(rarely)}),
      fault("large-messages-late", "pipe.order.messages",
            "a message of more than 16 KiB is overtaken by the next",
            {overtaken(larger_than(kLargeMessage))}, {.search = as_loss(in_pipes({}))}),
      fault("message-lost", "pipe.order.messages", "one message in a thousand is not sent",
            {lost(rarely)}),
      fault("message-twice", "pipe.order.messages", "one message in a thousand is sent twice",
            {sent_twice(rarely)}),
      fault("rare-message-lost", "pipe.order.messages",
            "one message in a thousand of all is not sent", {lost(rarely_of_all)},
            {.search = as_loss(in_pipes({}))}),
      fault("rare-messages-swapped", "pipe.order.messages",
            "one message in a thousand of all is overtaken by the next", {overtaken(rarely_of_all)},
            {.search = as_loss(in_pipes({}))}),
      fault("rare-message-twice", "pipe.order.messages",
            "one message in a thousand of all is sent twice", {sent_twice(rarely_of_all)},
            {.search = in_pipes({"order.messages"})}),
  };
}

std::vector<Fault> pipe_message_faults() {
  return {
      fault("send-truncates", "pipe.item.sizes-intact",
            "the last byte of a long message is not sent",
            {changed(larger_than(kLargeMessage), cut)}),
      fault("empty-not-sent", "pipe.message.empty", "a message of zero bytes is not sent",
            {lost([](const Sending& sending) { return sending.message.empty(); })}),
      fault(
          "large-message-garbled", "pipe.item.sizes-intact",
          "one byte of a message of more than 1 MiB is changed",
          {changed(larger_than(kMebibyte), [](std::string& message) { message[kMebibyte] ^= 1; })}),
      fault("huge-message-cut", "pipe.item.sizes-intact",
            "the last byte of a message of more than 32 MiB is not sent",
            {changed(larger_than(32 * kMebibyte), cut)}),
      fault("value-changed", "pipe.item.values-equal", "the last digit of a small value is changed",
            {changed([](const Sending& sending) { return sending.message.size() <= 100; },
                     change_last_digit)},
            {.also = {"pipe.item.sizes-intact"}}),
      fault("unserializable-sent", "pipe.send.not-serializable",
            "an empty message is sent for what cannot be serialized",
            {on({Verb::kSend},
                [](ConnectionStep& step) {
                  try {
                    return step.proceed();
                  } catch (const NotSerializable&) {
                    step.end().send_bytes({});
                    throw;
                  }
                })},
            {.also = {"pipe.send.*"}}),
  };
}

std::vector<Fault> pipe_send_faults() {
  return {
      fault("sigpipe", "pipe.send.broken-pipe",
            "a send without a receiver ends the process by SIGPIPE",
            {without_receiver([] { ::raise(SIGPIPE); })},
            {.also = {"pipe.send.broken-pipe-last-copy"}}),
      fault("broken-pipe-silent", "pipe.send.broken-pipe", "a send without a receiver succeeds",
            {without_receiver([] {})}, {.also = {"pipe.send.broken-pipe-last-copy"}}),
      fault("send-needs-receiver", "pipe.send.small-needs-no-receiver",
            "send waits until the message is read", {sending([](Sending& sending) {
              sending.send();
              wait_until_read(sending.end.fd());
            })},
            {.also = {"pipe.send.*"}}),
      fault("send-drops-when-full", "pipe.send.waits-for-room",
            "a message for which there is no room is dropped", {lost([](const Sending& sending) {
              return (events_now(sending.end.fd(), POLLOUT) & POLLOUT) == 0;
            })},
            {.search = as_loss(in_pipes({}))}),
  };
}

std::vector<Fault> pipe_send_bytes_faults() {
  return {
      fault("slice-size-ignored", "pipe.send-bytes.slice",
            "the size is ignored when there is an offset",
            {arguments_of(Verb::kSendBytes,
                          [](ConnectionStep& step) {
                            if (step.operation.offset.value_or(0) > 0) step.operation.size.reset();
                          })},
            {.also = {"pipe.send-bytes.bad-slice"}}),
      fault("large-slice-from-start", "pipe.send-bytes.slice",
            "the offset is ignored when there are more than 16 KiB",
            {arguments_of(Verb::kSendBytes,
                          [](ConnectionStep& step) {
                            if (is_large_slice(step.operation)) step.operation.offset = 0;
                          })}),
      fault("slice-unchecked", "pipe.send-bytes.bad-slice",
            "an offset or size that is out of the bytes is cut to them",
            {arguments_of(Verb::kSendBytes,
                          [](ConnectionStep& step) { clamp_slice(step.operation); })}),
  };
}

}  // namespace psq::faulty
