#include "suite/scenario.h"

#include <signal.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace psq::conformance {
namespace {

// How much later than its timeout the promptest of several calls may be.
constexpr auto kLateness = 150ms;
constexpr int kPromptTries = 4;
constexpr int kAsleepInARow = 4;
constexpr auto kBetweenLooks = 5ms;

// Without these nothing can be judged at all: every driver has them, declared or not.
bool belongs_to_every_driver(const Request& request) {
  constexpr std::array kVerbs{"create", "drop", "run", "pause", "end"};
  return request.type == "process" && std::ranges::find(kVerbs, request.verb) != kVerbs.end();
}

// The type of object that a create makes, as the hello names it.
std::string created_type(const Request& request) {
  if (request.verb != "create") return {};
  for (const auto& [name, value] : request.fields) {
    const auto* text = std::get_if<std::string>(&value);
    if (name == "type" && text != nullptr) return *text == "pipe" ? "connection" : *text;
  }
  return {};
}

}  // namespace

Scenario::Scenario(SessionOptions options, std::uint64_t seed, const Effort& effort)
    : options_(std::move(options)),
      seed_(seed),
      effort_(effort),
      wall_clock_at_start_(wall_clock_offset()) {
  restart();
}

void Scenario::restart() {
  session_.reset();  // the old one's processes end before the new one's begin
  session_ = std::make_unique<Session>(options_);
}

Item Scenario::item(const std::string& from, std::int64_t seq, std::int64_t size) const {
  const auto least = hello().limits.find("item_bytes");
  Item made{.from = from, .seq = seq, .fail = {}};
  if (size > 0) made.size = size;
  if (least != hello().limits.end()) made.size = std::max(made.size, least->second);
  return made;
}

void Scenario::needs_option(const std::string& option) const {
  if (!hello().options.contains(option)) throw Unsupported{"the driver has no option " + option};
}

bool Scenario::declared(const Request& request) const {
  if (const auto type = created_type(request); !type.empty())
    return hello().operations.contains(type);
  if (belongs_to_every_driver(request)) return true;
  const auto found = hello().operations.find(request.type);
  return found != hello().operations.end() && found->second.contains(request.verb);
}

void Scenario::probe_undeclared(const std::string& process, const Request& request) {
  const std::string what = request.type + "." + request.verb;
  const Call& probe = session_->start(process, request);
  const bool answered =
      session_->wait_until([&] { return probe.answer.has_value(); }, hang_bound());
  if (!answered || probe.answer->outcome != Outcome::kUnsupported) {
    throw DriverError{"its hello does not declare " + what +
                      ", so a request for it must answer unsupported; it " +
                      (answered ? "answered " + describe(*probe.answer) : "did not answer")};
  }
  throw Unsupported{"the driver does not declare " + what};
}

void Scenario::require_declared(const std::string& process, const Request& request) {
  if (!declared(request)) probe_undeclared(process, request);
}

Call& Scenario::start(const std::string& process, const Request& request) {
  require_declared(process, request);
  return session_->start(process, request);
}

std::optional<ThreadView> Scenario::view(const Call& call) {
  if (!call.began) return std::nullopt;
  return view_thread(session_->peer(call.process).pid, call.began->tid);
}

Answer Scenario::finish(Call& call) {
  const auto answered = [&] { return call.answer.has_value(); };
  if (!session_->wait_until(answered, hang_bound())) report_hang(call);
  if (call.answer->outcome == Outcome::kUnsupported) {
    throw DriverError{"its hello declares " + call.request.type + "." + call.request.verb +
                      ", and a request for it answered unsupported"};
  }
  return *call.answer;
}

void Scenario::report_hang(Call& call) {
  const std::string waited = "no answer within " + human(hang_bound());
  if (!call.began) {
    throw Inconclusive{
        describe(call.request) + " on " + call.process + ": " + waited +
        ", and the call never began: a stuck driver, or a machine that is too slow (--patience)"};
  }
  const std::string reason = why_it_hangs(call);
  if (reason.empty()) {
    throw Inconclusive{describe(call.request) + " on " + call.process + ": " + waited +
                       ", and its thread neither sleeps nor has a processor for itself: a slow "
                       "machine (--patience)"};
  }
  fail("the call ends", waited + "; " + reason, call.step);
}

std::string Scenario::why_it_hangs(Call& call) {
  constexpr int kLooks = 25;
  constexpr auto kBetween = 20ms;
  const auto answered = [&] { return call.answer.has_value(); };
  const auto first = view(call);
  auto newest = first;
  std::string waits_in;
  int asleep = 0;
  for (int i = 0; i < kLooks && newest; ++i) {
    if (newest->state == 'S') {
      ++asleep;
      waits_in = newest->waits_in;
    }
    if (session_->wait_until(answered, kBetween)) return {};
    newest = view(call);
  }
  if (!newest) return {};
  // Half of the looks: what looks again from time to time is now and then seen running.
  if (2 * asleep >= kLooks)
    return "its thread sleeps" + (waits_in.empty() ? "" : " in " + waits_in);
  if (2 * (newest->ran - first->ran) >= kLooks * kBetween)
    return "its thread runs on and on, without waiting for anything";
  return {};
}

void Scenario::fail(const std::string& expected, const std::string& saw, std::size_t step) {
  throw Failed{.expected = expected, .saw = saw, .step = step};
}

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

void Scenario::expect_waits(Call& call, const std::string& for_what) {
  const auto deadline = monotonic_now() + hang_bound();
  int asleep = 0;
  while (asleep < kAsleepInARow) {
    if (session_->wait_until([&] { return call.answer.has_value(); }, kBetweenLooks)) {
      fail("the call waits " + for_what, "it ended: " + describe(*call.answer), call.step);
    }
    const auto seen = view(call);
    asleep = seen && seen->state == 'S' ? asleep + 1 : 0;
    if (monotonic_now() > deadline) {
      throw Inconclusive{describe(call.request) + " on " + call.process +
                         ": its thread was never seen asleep, " +
                         "so that nothing shows that it waits"};
    }
  }
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

void Scenario::expect_end(const Actor& actor) {
  const Peer& peer = session_->peer(actor.name());
  if (session_->wait_until([&] { return peer.dead; }, hang_bound())) return;
  fail("process " + actor.name() + " ends", "it still runs after " + human(hang_bound()),
       session_->transcript().newest());
}

void Scenario::kill(const Actor& actor) {
  session_->signal(actor.name(), SIGKILL);
  expect_end(actor);
}

void Scenario::stop(const Actor& actor) {
  session_->signal(actor.name(), SIGSTOP);
  const pid_t pid = session_->peer(actor.name()).pid;
  const auto deadline = monotonic_now() + hang_bound();
  // Twice: while one thread still ran, it may have begun another.
  while (!stands_still(pid) || !stands_still(pid)) {
    if (monotonic_now() > deadline) {
      throw Inconclusive{"process " + actor.name() + " still runs " + human(hang_bound()) +
                         " after it was told to stop"};
    }
    static_cast<void>(session_->wait_until([] { return false; }, kBetweenLooks));
  }
}

void Scenario::resume(const Actor& actor) { session_->signal(actor.name(), SIGCONT); }

}  // namespace psq::conformance
