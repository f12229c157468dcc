// Faults of calls that a stop of their process or a signal interrupts, against spec/failure.md.
#include <endian.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "connection_effects.h"
#include "effects.h"
#include "faults/tables.h"
#include "interruption_effects.h"
#include "process_effects.h"
#include "psq/error.h"

namespace psq::faulty {
namespace {

Effect interrupted_get(Interruption interruption, Reaction reaction) {
  return queues.get([=](LocalQueue& queue, Timeout timeout) {
    std::optional<std::string> item;
    (void)attempts(timeout, interruption, reaction, [&] {
      item = queue.get(no_wait);
      return item.has_value();
    });
    return item;
  });
}

Effect interrupted_put(Interruption interruption, Reaction reaction) {
  return queues.put([=](LocalQueue& queue, std::string_view item, Timeout timeout) {
    return attempts(timeout, interruption, reaction, [&] { return queue.put(item, no_wait); });
  });
}

Effect interrupted_poll(Interruption interruption, Reaction reaction) {
  return on({driver::Verb::kPoll}, [=](ConnectionStep& step) {
    const auto timeout = step.operation.timeout;
    step.operation.timeout = driver::Seconds{0};
    driver::Result result;
    (void)attempts(timeout, interruption, reaction, [&] {
      result = step.proceed();
      return !std::holds_alternative<bool>(result.value) || std::get<bool>(result.value);
    });
    return result;
  });
}

Effect interrupted_wait(Interruption interruption, Reaction reaction) {
  return waiting([=](WaitStep& step) {
    const auto timeout = step.timeout;
    step.timeout = driver::Seconds{0};
    std::vector<std::size_t> ready;
    (void)attempts(timeout, interruption, reaction, [&] {
      ready = step.proceed();
      return !ready.empty();
    });
    return ready;
  });
}

template <Interruption kInterruption, Reaction kReaction>
struct InterruptedJoin : RightChild {
  using RightChild::RightChild;
  bool join(std::optional<driver::Seconds> timeout) override {
    return attempts(timeout, kInterruption, kReaction,
                    [&] { return RightChild::join(driver::Seconds{0}); });
  }
};

bool join_interrupted(LocalQueue& queue, Timeout timeout) {
  const bool is_zero = attempts(timeout, Interruption::kSignal, Reaction::kGivesUp,
                                [&] { return queue.join(no_wait); });
  if (!is_zero && timeout.is_forever()) throw SystemError("cannot join", EINTR);
  return is_zero;
}

std::optional<std::string> get_simple_interrupted(LocalQueue& queue, Timeout timeout) {
  for (;;) {
    if (auto item = queue.get(no_wait)) return item;
    if (nap_was_interrupted(Interruption::kSignal)) throw SystemError("cannot get", EINTR);
    if (timeout.length() == Timeout::Duration::zero()) return std::nullopt;
  }
}

// Header and message with one system call each: what a signal cuts off is never sent.
void send_once(Sending& sending) {
  const auto send = [&](const void* data, std::size_t size) {
    while (::send(sending.end.fd(), data, size, MSG_NOSIGNAL) < 0 && errno == EINTR) {
    }
  };
  const bool is_socket = sending.end.readable() && sending.end.writable();
  if (!is_socket) return sending.send();
  const std::uint32_t header = htobe32(static_cast<std::uint32_t>(sending.message.size()));
  send(&header, sizeof header);
  send(sending.message.data(), sending.message.size());
}

// Waits in naps, and throws away the item that comes after an interrupted one.
std::optional<std::string> get_losing_after_signal(LocalQueue& queue, Timeout timeout) {
  bool interrupted = false;
  std::optional<std::string> item;
  const auto deadline = detail::Deadline::after(timeout);
  while (!(item = queue.get(no_wait)) && !deadline.has_passed())
    interrupted = nap_was_interrupted(Interruption::kSignal) || interrupted;
  return item && interrupted ? queue.get(timeout) : item;
}

}  // namespace

std::vector<Fault> interruption_faults() {
  constexpr auto kStop = Interruption::kStop;
  constexpr auto kSignal = Interruption::kSignal;
  constexpr auto kAnew = Reaction::kBeginsAnew;
  constexpr auto kGivesUp = Reaction::kGivesUp;
  return {
      fault("stop-restarts-get", "failure.stop.waiting-calls",
            "a get that was stopped begins its timeout anew", {interrupted_get(kStop, kAnew)}),
      fault("stop-ends-put", "failure.stop.waiting-calls",
            "a put that was stopped ends as full when it is continued",
            {interrupted_put(kStop, kGivesUp)}, {.also = {"failure.stop.*"}}),
      fault("stop-restarts-poll", "failure.stop.waiting-calls",
            "a poll that was stopped begins its timeout anew", {interrupted_poll(kStop, kAnew)}),
      fault("stop-ends-wait", "failure.stop.waiting-calls",
            "a wait that was stopped finds nothing ready when it is continued",
            {interrupted_wait(kStop, kGivesUp)}),
      fault("stop-ends-process-join", "failure.stop.waiting-calls",
            "a join of a child that was stopped answers false when it is continued",
            {children<InterruptedJoin<kStop, kGivesUp>>()}),
      fault("signal-ends-get", "failure.signal.waiting-calls",
            "a get that a signal interrupts ends as empty", {interrupted_get(kSignal, kGivesUp)},
            {.also = {"failure.signal.*"}}),
      fault("signal-restarts-put", "failure.signal.waiting-calls",
            "a put that a signal interrupts begins its timeout anew",
            {interrupted_put(kSignal, kAnew)}),
      fault("signal-restarts-poll", "failure.signal.waiting-calls",
            "a poll that a signal interrupts begins its timeout anew",
            {interrupted_poll(kSignal, kAnew)}),
      fault("signal-restarts-wait", "failure.signal.waiting-calls",
            "a wait that a signal interrupts begins its timeout anew",
            {interrupted_wait(kSignal, kAnew)}),
      fault("signal-restarts-process-join", "failure.signal.waiting-calls",
            "a join of a child that a signal interrupts begins its timeout anew",
            {children<InterruptedJoin<kSignal, kAnew>>()}),
      fault("signal-ends-join", "failure.signal.waiting-calls",
            "a join that a signal interrupts ends with an error",
            {joinable_queues.join(join_interrupted)}),
      fault("signal-ends-simple-get", "failure.signal.waiting-calls",
            "a get of a simple queue that a signal interrupts ends with an error",
            {simple_queues.get(get_simple_interrupted)}, {.also = {"failure.signal.*"}}),
      fault("signal-cuts-message", "failure.signal.transfers-whole",
            "the rest of a message that a signal interrupts is not sent", {sending(send_once)}),
      fault("signal-loses-item", "failure.signal.transfers-whole",
            "a get that a signal has interrupted loses the item that comes",
            {all_queues.get(get_losing_after_signal)}, {.also = {"failure.signal.*"}}),
  };
}

}  // namespace psq::faulty
