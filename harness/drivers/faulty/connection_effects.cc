#include "connection_effects.h"

#include <endian.h>
#include <fcntl.h>
#include <poll.h>
#include <psq/driver/item.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "behaviour.h"

namespace psq::faulty {
namespace {

using driver::Call;
using driver::Object;
using driver::Operation;
using driver::Result;
using driver::Verb;
using reference_driver::ConnectionObject;

// The message that an operation sends; nothing when its arguments are wrong, or when serializing it
// is asked to fail.
std::optional<std::string> message_of(const Operation& operation) {
  if (operation.verb == Verb::kSend) {
    const auto payload = reference_driver::make_payload(operation.payload);
    return payload->fails ? std::nullopt : std::optional(payload->bytes);
  }
  const auto* item = std::get_if<driver::Item>(&operation.payload);
  const std::string bytes =
      item != nullptr ? driver::make_item(*item) : std::get<driver::Bytes>(operation.payload).data;
  const auto length = static_cast<std::int64_t>(bytes.size());
  const std::int64_t offset = operation.offset.value_or(0);
  if (offset < 0 || offset > length) return std::nullopt;
  const std::int64_t size = operation.size.value_or(length - offset);
  if (size < 0 || size > length - offset) return std::nullopt;
  return bytes.substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(size));
}

}  // namespace

Result ConnectionStep::proceed() const {
  Call untimed;
  return object.perform(operation, untimed);
}

Result ConnectionStep::proceed_unchecked() const {
  if (end().closed() || (end().readable() && end().writable())) return proceed();
  constexpr auto kBoth = ConnectionBase::Access(ConnectionBase::kReceives | ConnectionBase::kSends);
  ConnectionObject both(End(::fcntl(end().fd(), F_DUPFD_CLOEXEC, 0), kBoth));
  Call untimed;
  return both.perform(operation, untimed);
}

Effect on(std::initializer_list<Verb> verbs, StepEffect effect) {
  return [verbs = std::vector(verbs), effect = std::move(effect)](Behaviour& behaviour) {
    behaviour.driver.perform = [=, others = behaviour.driver.perform](
                                   Object& object, const Operation& operation, Call& call) {
      const bool is_ours = dynamic_cast<ConnectionObject*>(&object) != nullptr &&
                           std::ranges::find(verbs, operation.verb) != verbs.end();
      if (!is_ours)
        return others ? others(object, operation, call) : object.perform(operation, call);
      return call([&] {
        ConnectionStep step{.object = object, .operation = operation};
        return effect(step);
      });
    };
  };
}

Effect receiving(StepEffect effect) {
  return on({Verb::kRecv, Verb::kRecvBytes, Verb::kRecvBytesInto},
            [effect = std::move(effect)](ConnectionStep& step) {
              const End& end = step.end();
              return end.closed() || !end.readable() ? step.proceed() : effect(step);
            });
}

Effect sending(std::function<void(Sending&)> effect) {
  return on({Verb::kSend, Verb::kSendBytes}, [effect = std::move(effect)](ConnectionStep& step) {
    End& end = step.end();
    auto message = message_of(step.operation);
    if (!message || end.closed() || !end.writable()) return step.proceed();
    Sending sent{.end = end, .message = *std::move(message)};
    effect(sent);
    return Result::ok();
  });
}

std::vector<int> WaitStep::descriptors() const {
  std::vector<int> all;
  for (driver::Object* each : connections) all.push_back(end_of(*each).fd());
  return all;
}

Effect waiting(std::function<std::vector<std::size_t>(WaitStep&)> effect) {
  return [effect = std::move(effect)](Behaviour& behaviour) { behaviour.adapter.wait = effect; };
}

Effect sending_end(std::function<void(TransferStep&)> effect) {
  return
      [effect = std::move(effect)](Behaviour& behaviour) { behaviour.adapter.send_end = effect; };
}

Effect receiving_end(std::function<End(End)> effect) {
  return [effect = std::move(effect)](Behaviour& behaviour) {
    behaviour.adapter.received_end = effect;
  };
}

Effect creating_pipe(std::function<void(End&, End&, bool)> effect) {
  return [effect = std::move(effect)](Behaviour& behaviour) {
    behaviour.adapter.created_pipe = effect;
  };
}

short events_now(int descriptor, short events) {
  pollfd watched{.fd = descriptor, .events = events, .revents = 0};
  ::poll(&watched, 1, 0);
  return watched.revents;
}

int unread_bytes(int descriptor) {
  int unread = 0;
  ::ioctl(descriptor, FIONREAD, &unread);
  return unread;
}

std::optional<std::string> take_message(int descriptor) {
  std::uint32_t header = 0;
  if (::read(descriptor, &header, sizeof header) != sizeof header) return std::nullopt;
  std::string message(be32toh(header), '\0');
  for (std::size_t done = 0; done < message.size();) {
    const ssize_t got = ::read(descriptor, message.data() + done, message.size() - done);
    if (got <= 0) return message.substr(0, done);
    done += static_cast<std::size_t>(got);
  }
  return message;
}

}  // namespace psq::faulty
