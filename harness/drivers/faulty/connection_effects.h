// Effects on the operations of connections. All of them act within the call that the driver times:
// an error that they throw is an error of the library.
#pragma once

#include <cmath>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "fault.h"
#include "objects.h"

namespace psq::faulty {

using End = Connection<reference_driver::Payload>;

/// The end of a pipe that an object of the right driver is.
[[nodiscard]] inline End& end_of(driver::Object& object) {
  return dynamic_cast<reference_driver::ConnectionObject&>(object).connection();
}

/// An operation on a connection. An effect may change it before it proceeds, or not proceed at all.
struct ConnectionStep {
  driver::Object& object;
  driver::Operation operation;

  [[nodiscard]] End& end() const { return end_of(object); }
  /// What the driver does without the fault. A buffer that is too short is a result, no error.
  [[nodiscard]] driver::Result proceed() const;
  /// The same on an end of a one-way pipe that says that it can both receive and send.
  [[nodiscard]] driver::Result proceed_unchecked() const;
};

using StepEffect = std::function<driver::Result(ConnectionStep&)>;

/// Replaces some operations of connections.
[[nodiscard]] Effect on(std::initializer_list<driver::Verb> verbs, StepEffect effect);

/// Replaces the operations that receive a message, on ends that can receive.
[[nodiscard]] Effect receiving(StepEffect effect);

/// A message that is about to be sent, by `send` or by `send_bytes`, through an end that can send.
struct Sending {
  End& end;
  std::string message;

  void send() const { send(message); }
  void send(std::string_view other) const { end.send_bytes(std::as_bytes(std::span(other))); }
};

/// Sends something else in place of messages, or nothing.
[[nodiscard]] Effect sending(std::function<void(Sending&)> effect);

/// Before an operation of this kind: changes its arguments.
template <typename F>
[[nodiscard]] Effect arguments_of(driver::Verb verb, F change) {
  return on({verb}, [change](ConnectionStep& step) {
    change(step);
    return step.proceed();
  });
}

/// In place of a wait for several connections.
struct WaitStep {
  std::vector<driver::Object*> connections;
  std::optional<driver::Seconds> timeout;
  /// Waits for `connections`, and returns the positions of those that are ready.
  std::function<std::vector<std::size_t>()> proceed;

  [[nodiscard]] std::vector<int> descriptors() const;
};
[[nodiscard]] Effect waiting(std::function<std::vector<std::size_t>(WaitStep&)> effect);

/// In place of sending `end` through `carrier`; `proceed` does that.
struct TransferStep {
  End& carrier;
  End& end;
  std::function<void()> proceed;
};
[[nodiscard]] Effect sending_end(std::function<void(TransferStep&)> effect);

/// After an end was received; returns the one that the process has.
[[nodiscard]] Effect receiving_end(std::function<End(End)> effect);

/// After a pipe was created; the two ends may change.
[[nodiscard]] Effect creating_pipe(std::function<void(End&, End&, bool duplex)> effect);

[[nodiscard]] inline bool is_zero(std::optional<driver::Seconds> timeout) {
  return timeout && *timeout <= driver::Seconds{0};
}
[[nodiscard]] inline std::optional<driver::Seconds> half_longer(
    std::optional<driver::Seconds> timeout) {
  return timeout ? std::optional(*timeout * 1.5) : timeout;
}
[[nodiscard]] inline std::optional<driver::Seconds> half_as_long(
    std::optional<driver::Seconds> timeout) {
  return timeout ? std::optional(*timeout / 2) : timeout;
}
[[nodiscard]] inline std::optional<driver::Seconds> number_or_zero(
    std::optional<driver::Seconds> timeout) {
  return timeout && std::isnan(timeout->count()) ? driver::Seconds{0} : timeout;
}

/// The events of poll(2) that a descriptor has now; none for one that is closed.
[[nodiscard]] short events_now(int descriptor, short events);

[[nodiscard]] int unread_bytes(int descriptor);

/// Reads one message, or what the end of the stream leaves of it; nothing at the end of the stream.
std::optional<std::string> take_message(int descriptor);

}  // namespace psq::faulty
