// Faults of poll and wait, against spec/pipe.md.
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <thread>
#include <utility>

#include "connection_effects.h"
#include "effects.h"
#include "faults/tables.h"
#include "waiting_effects.h"

namespace psq::faulty {
namespace {

using driver::Result;
using driver::Seconds;
using driver::Verb;
using Positions = std::vector<std::size_t>;

Effect poll_timeout(std::optional<Seconds> (*change)(std::optional<Seconds>)) {
  return arguments_of(Verb::kPoll, [=](ConnectionStep& step) {
    step.operation.timeout = change(step.operation.timeout);
  });
}

Effect wait_timeout(std::optional<Seconds> (*change)(std::optional<Seconds>)) {
  return waiting([=](WaitStep& step) {
    step.timeout = change(step.timeout);
    return step.proceed();
  });
}

std::optional<Seconds> a_second_for_zero(std::optional<Seconds> timeout) {
  return is_zero(timeout) ? Seconds{1} : timeout;
}

// Changes the answer of a poll that found something.
Effect found(bool (*answer)(const End&)) {
  return on({Verb::kPoll}, [=](ConnectionStep& step) {
    const Result result = step.proceed();
    return std::get<bool>(result.value) ? Result::ok(answer(step.end())) : result;
  });
}

bool is_at_end(const End& end) { return unread_bytes(end.fd()) == 0; }

// Changes the answer of a wait that found something.
Effect found_ready(void (*change)(Positions& ready, const std::vector<int>& descriptors)) {
  return waiting([=](WaitStep& step) {
    Positions ready = step.proceed();
    if (!ready.empty()) change(ready, step.descriptors());
    return ready;
  });
}

Positions wait_for_open_ones(WaitStep& step) {
  const auto all = std::exchange(step.connections, {});
  Positions open;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (end_of(*all[i]).closed()) continue;
    open.push_back(i);
    step.connections.push_back(all[i]);
  }
  Positions ready = step.proceed();
  for (std::size_t& each : ready) each = open[each];
  return ready;
}

// So much is unread that more of the same message has yet to come.
bool is_in_message(int descriptor) {
  constexpr int kMost = 60'000;
  return unread_bytes(descriptor) >= kMost;
}

// Waits as long again where a part of a message has come.
void wait_anew_in_message(const std::vector<int>& descriptors, std::optional<Seconds> timeout) {
  if (!timeout || *timeout <= Seconds{0}) return;
  const auto has_begun = [](int each) { return unread_bytes(each) > 0; };
  if (std::ranges::none_of(descriptors, has_begun)) return;
  // After the first bytes, more come.
  constexpr int kLooks = 40;
  for (int i = 0; i < kLooks; ++i) {
    std::this_thread::sleep_for(kStep);
    if (std::ranges::any_of(descriptors, is_in_message))
      return std::this_thread::sleep_for(*timeout);
  }
}

void wait_while_in_message(const std::vector<int>& descriptors) {
  while (std::ranges::any_of(descriptors, is_in_message)) std::this_thread::sleep_for(kStep);
}

}  // namespace

std::vector<Fault> pipe_poll_faults() {
  return {
      fault("poll-clock-restarts", "pipe.poll.clock-starts-once",
            "a poll that finds a part of a message waits for the rest as long again",
            {on({Verb::kPoll},
                [](ConnectionStep& step) {
                  const Result result = step.proceed();
                  wait_anew_in_message({step.end().fd()}, step.operation.timeout);
                  return result;
                })}),
      fault("poll-waits-for-rest", "pipe.poll.never-waits",
            "a poll without time waits for the rest of a message",
            {arguments_of(Verb::kPoll,
                          [](ConnectionStep& step) { wait_while_in_message({step.end().fd()}); })},
            {.also = {"pipe.poll.*"}}),
      fault("poll-zero-is-false", "pipe.poll.true-with-message",
            "a poll whose timeout is zero, negative or over at once does not look",
            {on({Verb::kPoll},
                [](ConnectionStep& step) {
                  const auto timeout = step.operation.timeout;
                  return timeout && *timeout < Seconds{1e-5} ? Result::ok(false) : step.proceed();
                })},
            {.also = {"pipe.poll.*"}}),
      fault("poll-gives-up-after-10s", "pipe.poll.true-with-message",
            "a poll without a timeout answers after 10 s",
            {arguments_of(Verb::kPoll,
                          [](ConnectionStep& step) {
                            if (!step.operation.timeout) step.operation.timeout = Seconds{10};
                          })},
            {.thorough = true}),
      fault("poll-select", "pipe.poll.true-with-message",
            "a poll cannot wait on a descriptor above 1023",
            {arguments_of(Verb::kPoll,
                          [](ConnectionStep&) {
                            if (beyond_select()) throw InvalidArgument("a descriptor is too large");
                          })}),
      fault("poll-false-early", "pipe.poll.false-after-timeout", "poll waits half of its timeout",
            {poll_timeout(half_as_long)}),
      fault("poll-false-late", "pipe.poll.false-after-timeout",
            "poll waits half as long again as its timeout", {poll_timeout(half_longer)}),
      fault("poll-zero-waits", "pipe.poll.zero-at-once", "a poll with timeout zero waits a second",
            {poll_timeout(a_second_for_zero)}),
      fault("poll-takes-nan", "pipe.poll.nan-refused", "a poll takes not-a-number for zero",
            {poll_timeout(number_or_zero)}),
      fault("poll-sleeps-through", "pipe.poll.true-with-message",
            "a poll with a timeout looks only when it is over",
            {arguments_of(Verb::kPoll,
                          [](ConnectionStep& step) {
                            constexpr Timeout::Duration kHour = std::chrono::hours(1);
                            const auto timeout =
                                reference_driver::to_timeout(step.operation.timeout);
                            std::this_thread::sleep_for(std::min(timeout.length(), kHour));
                          })},
            {.also = {"pipe.poll.*"}}),
      fault("poll-eats", "pipe.poll.true-with-message",
            "a poll that answers true takes the message", {found([](const End& end) {
              take_message(end.fd());
              return true;
            })},
            {.also = {"pipe.poll.*"}}),
      fault("poll-false-at-end", "pipe.poll.true-at-end-of-stream",
            "a poll at the end of the stream answers false",
            {found([](const End& end) { return !is_at_end(end); })}),
      fault("poll-false-at-duplex-end", "pipe.poll.true-at-end-of-stream",
            "a poll at the end of a duplex stream answers false",
            {found([](const End& end) { return !is_at_end(end) || !end.writable(); })}),
      fault("poll-raises", "pipe.timed-calls.answer-by-value",
            "a poll whose time is over raises an error",
            {on({Verb::kPoll},
                [](ConnectionStep& step) {
                  const Result result = step.proceed();
                  if (!std::get<bool>(result.value)) throw SystemError("timed out", ETIMEDOUT);
                  return result;
                })}),
  };
}

std::vector<Fault> pipe_wait_faults() {
  return {
      fault("wait-clock-restarts", "pipe.wait.clock-starts-once",
            "a wait that finds a part of a message waits for the rest as long again",
            {waiting([](WaitStep& step) {
              Positions ready = step.proceed();
              wait_anew_in_message(step.descriptors(), step.timeout);
              return ready;
            })}),
      fault("wait-waits-for-rest", "pipe.wait.never-waits",
            "a wait without time waits for the rest of a message", {waiting([](WaitStep& step) {
              wait_while_in_message(step.descriptors());
              return step.proceed();
            })}),
      fault("wait-gives-up-after-10s", "pipe.wait.ready-subset",
            "a wait without a timeout answers after 10 s", {waiting([](WaitStep& step) {
              if (!step.timeout) step.timeout = Seconds{10};
              return step.proceed();
            })},
            {.thorough = true}),
      fault("wait-select", "pipe.wait.ready-subset",
            "a wait cannot wait on a descriptor above 1023", {waiting([](WaitStep& step) {
              if (beyond_select()) throw InvalidArgument("a descriptor is too large");
              return step.proceed();
            })}),
      fault("wait-64-ends", "pipe.wait.ready-subset", "wait takes 63 ends at most",
            {waiting([](WaitStep& step) {
              constexpr std::size_t kMost = 63;
              if (step.connections.size() > kMost) throw InvalidArgument("too many ends");
              return step.proceed();
            })}),
      fault("wait-early", "pipe.wait.timeout-empty", "wait gives up after half of its timeout",
            {wait_timeout(half_as_long)}),
      fault("wait-late", "pipe.wait.timeout-empty", "wait waits half as long again as its timeout",
            {wait_timeout(half_longer)}),
      fault("wait-zero-waits", "pipe.wait.zero-at-once", "wait with timeout zero waits a second",
            {wait_timeout(a_second_for_zero)}),
      fault("wait-takes-nan", "pipe.wait.nan-refused", "a wait takes not-a-number for zero",
            {wait_timeout(number_or_zero)}),
      fault("wait-skips-closed", "pipe.wait.closed-member", "wait leaves closed ends out",
            {waiting(wait_for_open_ones)}),
      fault("wait-first-only", "pipe.wait.ready-subset",
            "wait answers the first end that is ready and no other",
            {found_ready([](Positions& ready, const std::vector<int>&) { ready.resize(1); })},
            {.also = {"pipe.wait.takes-nothing"}}),
      fault("wait-misses-end", "pipe.wait.ready-subset",
            "wait does not count an end of the stream as ready",
            {found_ready([](Positions& ready, const std::vector<int>& descriptors) {
              std::erase_if(ready, [&](std::size_t each) {
                return (events_now(descriptors[each], POLLIN) & POLLHUP) != 0;
              });
            })}),
      fault("wait-misses-fifth", "pipe.wait.ready-subset", "wait looks at four ends and no more",
            {found_ready([](Positions& ready, const std::vector<int>&) {
              std::erase_if(ready, [](std::size_t each) { return each >= 4; });
            })}),
      fault("wait-eats", "pipe.wait.takes-nothing",
            "wait takes a message of the first end that is ready",
            {found_ready([](Positions& ready, const std::vector<int>& descriptors) {
              take_message(descriptors[ready.front()]);
            })},
            {.also = {"pipe.wait.*"}}),
  };
}

}  // namespace psq::faulty
