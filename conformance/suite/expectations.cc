// What tests demand of answers and of their times.
#include <algorithm>
#include <cstdlib>

#include "suite/scenario.h"

namespace psq::conformance {
namespace {

// How much later than its timeout the promptest of several calls may be.
constexpr auto kLateness = 150ms;
constexpr int kPromptTries = 4;
constexpr int kAsleepInARow = 4;
// Sleeps of a call that looks again in between; on a busy machine it is then seldom seen asleep.
constexpr int kSleeps = 12;

}  // namespace

void Scenario::expect(const Answer& answer, Outcome outcome, const std::string& why) {
  expect_one_of(answer, {outcome}, why);
}

void Scenario::expect_one_of(const Answer& answer, std::initializer_list<Outcome> outcomes,
                             const std::string& why) {
  if (std::ranges::find(outcomes, answer.outcome) != outcomes.end()) return;
  std::string expected;
  for (const Outcome each : outcomes)
    expected += (expected.empty() ? "" : " or ") + std::string{to_string(each)};
  fail(expected + (why.empty() ? "" : ": " + why), describe(answer), answer.step);
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
       std::string{to_string(answer.outcome)} + " after " + human(answer.took()), answer.step);
}

bool Scenario::comes_to_wait(Call& call) {
  const auto deadline = monotonic_now() + hang_bound();
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
    if (monotonic_now() > deadline) {
      throw Inconclusive{describe(call.request) + " on " + call.process +
                         ": its thread was never seen asleep, " +
                         "so that nothing shows that it waits"};
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

void Scenario::expect_prompt(Nanoseconds timeout, const std::function<Answer()>& measure) {
  Answer promptest = measure();
  for (int i = 1; i < kPromptTries && promptest.took() - timeout > patient(kLateness); ++i) {
    const Answer again = measure();
    if (again.took() < promptest.took()) promptest = again;
  }
  if (promptest.took() - timeout > patient(kLateness)) {
    fail("the call ends within " + human(patient(kLateness)) + " of its time in one of " +
             std::to_string(kPromptTries) + " tries",
         "at best it was " + human(promptest.took() - timeout) + " late", promptest.step);
  }
}

Answer Scenario::eventually(const std::function<Answer()>& ask,
                            const std::function<bool(const Answer&)>& wanted,
                            const std::string& expected) {
  const auto deadline = monotonic_now() + hang_bound();
  while (true) {
    const Answer answer = ask();
    if (wanted(answer)) return answer;
    if (monotonic_now() > deadline) {
      fail(expected + ", within " + human(hang_bound()), describe(answer), answer.step);
    }
    static_cast<void>(session_->wait_until([] { return false; }, kBetweenLooks));
  }
}

Answer Scenario::eventually_boolean(const Actor& actor, const Request& request, bool value) {
  return eventually([&] { return actor.ok(request); },
                    [&](const Answer& answer) { return answer.value.boolean == value; },
                    describe(request) + (value ? " becomes true" : " becomes false"));
}

}  // namespace psq::conformance
