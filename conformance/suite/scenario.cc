#include "suite/scenario.h"

#include <signal.h>

#include <algorithm>
#include <utility>

namespace psq::conformance {
namespace {

// What the hello must declare for it.
bool is_declared(const Hello& hello, const Request& request) {
  if (request.operation == Operation::kCreate) return hello.has(type_of(*request.arguments.type));
  const OperationRow* row = find_operation(request.type, request.operation);
  return (row != nullptr && !row->declared) || hello.declares(request.type, request.operation);
}

std::string name_of(const Request& request) {
  return std::string{to_string(request.type)} + "." + std::string{to_string(request.operation)};
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

void Scenario::probe_undeclared(const std::string& process, const Request& request,
                                const std::string& what) {
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
  if (!is_declared(hello(), request)) probe_undeclared(process, request, name_of(request));
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
    throw DriverError{"its hello declares " + name_of(call.request) +
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
