#include "clauses/failure/waiting_process.h"

#include <algorithm>
#include <utility>

namespace psq::conformance {
namespace {

// One call of each kind has this time, another one half of it. The interruption ends between the
// two. A wait that begins anew then ends much later than a prompt call may.
constexpr auto kLongWait = 800ms;
// How often a machine that is too slow for that time gets twice as much.
constexpr int kDoublings = 4;

WaitingProcess waits_in_queue(Scenario& t) {
  const Actor main = t.root();
  const Object none = main.queue(0, "none");
  const Object full = main.queue(1, "full");
  const Actor process = main.spawn("waiting", {none, full});
  main.ok(put(full, t.item("main", 0)));
  const auto is_empty = [&t](const Answer& answer) {
    t.expect(answer, Outcome::kEmpty, "nothing was put");
  };
  const auto is_full = [&t](const Answer& answer) {
    t.expect(answer, Outcome::kFull, "no slot became free");
  };
  return {.process = process,
          .timed = {{[=](Nanoseconds timeout) { return get(none, within(timeout)); }, is_empty},
                    {[=, &t](Nanoseconds timeout) {
                       return put(full, t.item("late", 0), within(timeout));
                     },
                     is_full}},
          .endless = {{get(none),
                       [=, &t]() -> std::optional<Payload> {
                         main.ok(put(none, t.item("main", 1)));
                         return t.item("main", 1);
                       }},
                      {put(full, t.item("waiting", 0)), [=, &t]() -> std::optional<Payload> {
                         t.expect_payload(main.call(get(full)), t.item("main", 0));
                         return {};
                       }}}};
}

WaitingProcess waits_in_join(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.joinable_queue();
  const Actor process = main.spawn("waiting", {q});
  main.ok(put(q, t.item("main", 0)));
  t.expect_payload(main.call(get(q)), t.item("main", 0));
  return {.process = process,
          .timed = {{[=](Nanoseconds timeout) { return get(q, within(timeout)); },
                     [&t](const Answer& answer) {
                       t.expect(answer, Outcome::kEmpty, "nothing was put");
                     }}},
          .endless = {{join(q), [=]() -> std::optional<Payload> {
                         main.ok(task_done(q));
                         return {};
                       }}}};
}

WaitingProcess waits_in_simple_queue(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.simple_queue();
  return {.process = main.spawn("waiting", {q}),
          .timed = {},
          .endless = {{get(q), [=, &t]() -> std::optional<Payload> {
                         main.ok(put(q, t.item("main", 0)));
                         return t.item("main", 0);
                       }}}};
}

// An end of its own for each call: two calls at a time on one end are left open.
WaitingProcess waits_in_pipe(Scenario& t) {
  const Actor main = t.root();
  std::vector<Object> receive;
  std::vector<Object> send_to;
  for (const char* name : {"polled", "waited", "polled_on", "received"}) {
    const auto [first, second] = main.pipe(false, name, std::string{name} + "_from");
    receive.push_back(first);
    send_to.push_back(second);
  }
  const auto come = [=, &t](std::size_t which) {
    return [=, &t]() -> std::optional<Payload> {
      main.ok(send(send_to[which], t.item("main", 0)));
      return {};
    };
  };
  const auto false_or_none = [&t](const Answer& answer) {
    t.expect(answer, Outcome::kOk);
    const bool none = answer.value.names && answer.value.names->empty();
    t.expect_true(none || answer.value.boolean == false, "nothing is ready", describe(answer),
                  answer);
  };
  return {.process = main.spawn("waiting", receive),
          .timed = {{[=](Nanoseconds timeout) { return poll(receive[0], timeout); }, false_or_none},
                    {[=](Nanoseconds timeout) { return wait_any({receive[1]}, timeout); },
                     false_or_none}},
          .endless = {{poll_forever(receive[2]), come(2)},
                      {recv(receive[3]), [=, &t]() -> std::optional<Payload> {
                         main.ok(send(send_to[3], t.item("main", 0)));
                         return t.item("main", 0);
                       }}}};
}

WaitingProcess waits_for_children(Scenario& t) {
  const Actor process = t.root().spawn("waiting", {});
  const Actor joined = process.spawn("joined", {});
  const auto runs = [&t](const Answer& answer) {
    t.expect_boolean(answer, false, "the child still runs");
  };
  process.spawn("endless", {});
  return {.process = process,
          .timed = {{[](Nanoseconds timeout) { return join_process("endless", timeout); }, runs}},
          .endless = {{join_process("joined"), [=]() -> std::optional<Payload> {
                         joined.ok(end_by(Ending::kReturn));
                         return {};
                       }}}};
}

struct TimedCall {
  const TimedWait* wait;
  Nanoseconds timeout;
  Call* call;
};

std::vector<TimedCall> start_timed(const WaitingProcess& waiting, Nanoseconds longest) {
  std::vector<TimedCall> calls;
  for (const TimedWait& each : waiting.timed) {
    for (const Nanoseconds timeout : {longest, longest / 2}) {
      const std::string thread = calls.empty() ? "main" : "timed" + std::to_string(calls.size());
      Call& call = waiting.process.start(each.ask(timeout).by(thread));
      calls.push_back({.wait = &each, .timeout = timeout, .call = &call});
    }
  }
  return calls;
}

// The latest answer of the timed calls, and whether the interruption came while all of them waited.
struct Latest {
  Answer answer;
  bool met = true;
};

// Makes all timed calls, interrupts them, and returns the latest of them as a call that was made at
// the time at which it should have ended.
Latest latest_through(Scenario& t, const WaitingProcess& waiting, const Interrupt& interrupt,
                      Nanoseconds longest) {
  const auto begin = monotonic_now();
  const std::vector<TimedCall> calls = start_timed(waiting, longest);
  const bool all_began = t.session().wait_until(
      [&] {
        return std::ranges::all_of(calls, [](const TimedCall& each) {
          return each.call->began.has_value() || each.call->answer.has_value();
        });
      },
      longest / 10);
  // A call that has begun does not sleep yet.
  static_cast<void>(t.session().wait_until([] { return false; }, longest / 10));
  const Interrupted interrupted = interrupt(t, waiting.process, begin + longest * 7 / 10);
  const bool is_over = monotonic_now() > begin + longest * 17 / 20;
  Latest latest{.answer = {}, .met = all_began && interrupted.in_time && !is_over};
  for (const TimedCall& each : calls) {
    Answer answer = t.finish(*each.call);
    each.wait->over(answer);
    t.expect_not_before(answer, each.timeout);
    answer.invoked = std::max(answer.invoked + each.timeout, interrupted.runs_from);
    if (&each == &calls.front() || answer.took() > latest.answer.took()) latest.answer = answer;
  }
  return latest;
}

void expect_times_kept(Scenario& t, const WaitingProcess& waiting, const Interrupt& interrupt) {
  t.expect_prompt(0ns, [&] {
    Nanoseconds longest = t.patient(kLongWait);
    for (int i = 0; i <= kDoublings; ++i, longest *= 2) {
      const Latest latest = latest_through(t, waiting, interrupt, longest);
      if (latest.met) return latest.answer;
    }
    throw Inconclusive{"the machine is too slow to interrupt a call within " + human(longest / 2)};
  });
}

}  // namespace

const std::vector<WaitingKind>& waiting_kinds() {
  static const std::vector<WaitingKind> kinds{{"queue", waits_in_queue},
                                              {"joinable", waits_in_join},
                                              {"simple", waits_in_simple_queue},
                                              {"pipe", waits_in_pipe},
                                              {"children", waits_for_children}};
  return kinds;
}

void expect_waits_through(Scenario& t, const WaitingProcess& waiting, const Interrupt& interrupt) {
  std::vector<Call*> endless;
  for (const EndlessWait& each : waiting.endless) {
    const std::string thread = "endless" + std::to_string(endless.size());
    endless.push_back(&waiting.process.start(each.ask.by(thread)));
    t.expect_waits(*endless.back(), "before the interruption");
  }
  expect_times_kept(t, waiting, interrupt);
  for (std::size_t i = 0; i < endless.size(); ++i) {
    t.expect_waits(*endless[i], "after the interruption as before");
    const auto obtained = waiting.endless[i].release();
    const Answer answer = t.finish(*endless[i]);
    t.expect(answer, Outcome::kOk, "what it waits for has come");
    if (obtained) t.expect_payload(answer, *obtained);
    if (answer.value.boolean) t.expect_boolean(answer, true, "what it waits for has come");
  }
}

}  // namespace psq::conformance
