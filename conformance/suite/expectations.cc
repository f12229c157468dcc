// What tests demand of answers and of their times.
#include <algorithm>
#include <cstdlib>

#include "suite/scenario.h"

namespace psq::conformance {
namespace {

constexpr int kPromptTries = 4;
constexpr int kMostTries = 12;
constexpr int kAsleepInARow = 4;
// Sleeps of a call that looks again in between; on a busy machine it is then seldom seen asleep.
constexpr int kSleeps = 4;

bool is_over(FairBound::State state) {
  return state == FairBound::State::kHung || state == FairBound::State::kUndecided;
}

std::string to_string(std::initializer_list<Outcome> outcomes) {
  std::string text;
  for (const Outcome each : outcomes)
    text += (text.empty() ? "" : " or ") + std::string{to_string(each)};
  return text;
}

/// After a kill or a stop, what a call does is what the test is about.
bool has_interrupted(const Session& session) {
  return std::ranges::any_of(session.peers(),
                             [](const auto& each) { return each.second.interrupted; });
}

}  // namespace

void Scenario::need(const Answer& answer, const std::string& why) {
  const auto cause = cause_of(answer);
  if (!cause || has_interrupted(*session_)) return expect(answer, Outcome::kOk, why);
  throw Blocked{{.expected = "ok" + (why.empty() ? "" : ": " + why),
                 .saw = describe(answer),
                 .step = answer.step,
                 .cause = cause}};
}

void Scenario::need(const Call& call, const std::string& why) {
  for (const Answer& event : call.events) {
    if (cause_of(event)) need(event, why);
  }
  need(*call.answer, why);
}

void Scenario::expect(const Answer& answer, Outcome outcome, const std::string& why) {
  expect_one_of(answer, {outcome}, why);
}

void Scenario::expect_one_of(const Answer& answer, std::initializer_list<Outcome> outcomes,
                             const std::string& why) {
  if (std::ranges::find(outcomes, answer.outcome) != outcomes.end()) return;
  throw Failed{.expected = to_string(outcomes) + (why.empty() ? "" : ": " + why),
               .saw = describe(answer),
               .step = answer.step,
               .cause = cause_of(answer)};
}

void Scenario::expect_payload(const Answer& answer, const Payload& payload) {
  expect(answer, Outcome::kOk, to_string(payload));
  const auto* wanted = std::get_if<Json>(&payload);
  const auto* got = answer.value.payload ? std::get_if<Json>(&*answer.value.payload) : nullptr;
  const bool same = wanted != nullptr && got != nullptr ? same_json(wanted->text, got->text)
                                                        : answer.value.payload == payload;
  if (!same) fail(to_string(payload), describe(answer), answer.step);
  expect_intact(answer);
}

void Scenario::expect_intact(const Answer& answer) {
  if (!answer.value.intact)
    fail("an intact item, its every byte as it was put", describe(answer), answer.step);
}

void Scenario::expect_boolean(const Answer& answer, bool value, const std::string& why) {
  expect(answer, Outcome::kOk, why);
  const std::string wanted = value ? "true" : "false";
  if (answer.value.boolean != value)
    fail(wanted + (why.empty() ? "" : ": " + why), describe(answer), answer.step);
}

void Scenario::expect_number(const Answer& answer, std::int64_t value, const std::string& why) {
  expect(answer, Outcome::kOk, why);
  if (answer.value.number != value) {
    fail(std::to_string(value) + (why.empty() ? "" : ": " + why), describe(answer), answer.step);
  }
}

void Scenario::expect_true(bool held, const std::string& expected, const std::string& saw) {
  if (!held) fail(expected, saw, session_->transcript().newest());
}

void Scenario::expect_true(bool held, const std::string& expected, const std::string& saw,
                           const Answer& at) {
  if (!held) fail(expected, saw, at.step);
}

void Scenario::expect_not_before(const Answer& answer, Nanoseconds timeout) {
  if (answer.took() >= timeout) return;
  const Nanoseconds early = timeout - answer.took();
  const Nanoseconds moved = wall_clock_offset() - wall_clock_at_start_;
  if (std::abs(moved.count()) >= early.count()) {
    throw Inconclusive{"the wall clock was moved by " +
                       human(Nanoseconds{std::abs(moved.count())}) + " during the test"};
  }
  fail(std::string{to_string(answer.outcome)} + ", " + human(timeout) + " or more after the call",
       std::string{to_string(answer.outcome)} + " after " + human_beside(answer.took(), timeout),
       answer.step);
}

bool Scenario::comes_to_wait(Call& call) {
  FairBound bound{session_->fair_clock(), hang_bound()};
  int asleep = 0;
  int looks = 0;
  std::optional<std::int64_t> slept_before;
  std::int64_t sleeps = 0;
  while (asleep < kAsleepInARow && (looks < kAsleepInARow || sleeps < kSleeps)) {
    if (session_->wait_until([&] { return call.answer.has_value(); }, kBetweenLooks)) return false;
    const auto seen = view(call);
    asleep = seen && seen->state == 'S' ? asleep + 1 : 0;
    looks += seen ? 1 : 0;
    if (seen) sleeps = seen->slept - slept_before.value_or(seen->slept);
    if (seen && !slept_before) slept_before = seen->slept;
    if (is_over(bound.state())) {
      throw Inconclusive{
          describe(call.request) + " on " + call.process +
          ": its thread was never seen asleep, so that nothing shows that it waits; " +
          bound.spent().in_words()};
    }
  }
  return true;
}

void Scenario::expect_waits(Call& call, const std::string& for_what) {
  if (comes_to_wait(call)) return;
  fail("the call waits " + for_what, "it ended: " + describe(*call.answer), call.step);
}

void Scenario::expect_waits_on(Call& call, Nanoseconds at_least, const std::string& for_what) {
  expect_waits(call, for_what);
  if (!ends_within(call, at_least)) return;
  fail("the call waits " + for_what, "it ended: " + describe(*call.answer), call.step);
}

bool Scenario::ends_within(Call& call, Nanoseconds at_most) {
  return session_->wait_until([&] { return call.answer.has_value(); }, at_most);
}

void Scenario::expect_after(const Answer& answer, const Answer& event) {
  if (answer.returned < event.invoked) {
    fail("the call ends after what it waits for",
         "it ended " + human(event.invoked - answer.returned) + " before", answer.step);
  }
}

// What the machine denied before the call could note its time, or after that had come, made it
// late. In between it slept, and what the machine did then does not matter.
Scenario::Timed Scenario::timed(Nanoseconds timeout, const std::function<Answer()>& measure) {
  constexpr auto kUntilItSleeps = 50ms;
  FairClock& clock = session_->fair_clock();
  const Fairness before = clock.read();
  const Answer answer = measure();
  const Fairness spent = clock.read() - before;
  const Nanoseconds due = answer.invoked + timeout;
  const Nanoseconds unfair =
      clock.unfair_between(answer.invoked,
                           std::min<Nanoseconds>(due, answer.invoked + kUntilItSleeps)) +
      clock.unfair_between(due, answer.returned);
  const Nanoseconds late = answer.returned - due;
  return {.answer = answer, .late = late, .fairly = late - unfair, .spent = spent};
}

void Scenario::expect_prompt(Nanoseconds timeout, const std::function<Answer()>& measure) {
  const Nanoseconds bound = lateness();
  Timed best = timed(timeout, measure);
  int tries = 1;
  // A machine that was unfair decides nothing: then there are more tries.
  while (best.late > bound && tries < (best.fairly > bound ? kPromptTries : kMostTries)) {
    const Timed again = timed(timeout, measure);
    if (again.fairly < best.fairly || again.late <= bound) best = again;
    ++tries;
  }
  if (best.late <= bound) return;
  const std::string saw = "at best of " + std::to_string(tries) + " tries it was " +
                          human(best.late) + " late, " + human(best.fairly) +
                          " on the fair clock; " + best.spent.in_words();
  if (best.fairly <= bound)
    throw Inconclusive{"the call has to end within " + human(bound) + " of its time; " + saw};
  fail("the call ends within " + human(bound) + " of its time", saw, best.answer.step);
}

Answer Scenario::eventually(const std::function<Answer()>& ask,
                            const std::function<bool(const Answer&)>& wanted,
                            const std::string& expected) {
  FairBound bound{session_->fair_clock(), hang_bound(), FairBound::Work::kForQuestions};
  while (true) {
    const Answer answer = ask();
    if (wanted(answer)) return answer;
    const auto state = bound.state();
    if (state == FairBound::State::kUndecided)
      throw Inconclusive{expected + ": " + bound.in_words()};
    if (state == FairBound::State::kHung)
      fail(expected, describe(answer) + "; " + bound.spent().in_words(), answer.step);
    static_cast<void>(session_->wait_until([] { return false; }, kBetweenLooks));
  }
}

Answer Scenario::eventually_boolean(const Actor& actor, const Request& request, bool value) {
  return eventually([&] { return actor.ok(request); },
                    [&](const Answer& answer) { return answer.value.boolean == value; },
                    describe(request) + (value ? " becomes true" : " becomes false"));
}

}  // namespace psq::conformance
