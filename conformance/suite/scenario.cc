#include "suite/scenario.h"

#include <signal.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace psq::conformance {
namespace {

// What the hello must declare for it.
bool is_declared(const Hello& hello, const Request& request) {
  if (request.operation == Operation::kCreate) return hello.has(type_of(*request.arguments.type));
  const OperationRow* row = find_operation(request.type, request.operation);
  return (row != nullptr && !row->declared) || hello.declares(request.type, request.operation);
}

// What a create lacks is a type of object: every driver has the operation itself.
std::string name_of(const Request& request) {
  if (request.operation == Operation::kCreate)
    return "any operation of " + std::string{to_string(type_of(*request.arguments.type))};
  return std::string{to_string(request.type)} + "." + std::string{to_string(request.operation)};
}

std::int64_t bytes_of(const Payload& payload) {
  if (const auto* item = std::get_if<Item>(&payload)) return item->size;
  if (const auto* bytes = std::get_if<Bytes>(&payload))
    return static_cast<std::int64_t>(bytes->hex.size() / 2);
  return 0;
}

// The largest item or message that the request, or an element of its list, hands over.
std::int64_t largest_in(const Request& request) {
  const Arguments& arguments = request.arguments;
  std::int64_t largest = arguments.payload ? bytes_of(*arguments.payload) : 0;
  if (!arguments.operations) return largest;
  for (const Request& each : *arguments.operations) largest = std::max(largest, largest_in(each));
  return largest;
}

[[noreturn]] void too_slow(const std::string& not_yet, const Awaited& awaited) {
  throw Inconclusive{not_yet +
                     ", on a machine that is too slow (--patience): " + awaited.spent.in_words()};
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

void Scenario::restart_without_standard_descriptors() {
  session_.reset();
  SessionOptions options = options_;
  options.standard_descriptors = false;
  session_ = std::make_unique<Session>(options);
}

Item Scenario::item(const std::string& from, std::int64_t seq, std::int64_t size) const {
  if (from.size() > kLongestFrom) throw std::logic_error("no room for an item from " + from);
  const auto least = hello().limits.find("item_bytes");
  Item made{.from = from, .seq = seq, .fail = {}};
  if (size > 0) made.size = size;
  if (least != hello().limits.end()) made.size = std::max(made.size, least->second);
  return made;
}

std::int64_t Scenario::fitting(std::int64_t size) const {
  const auto limit = hello().limits.find("max_item_bytes");
  return limit == hello().limits.end() ? size : std::min(size, limit->second);
}

const Peer& Scenario::expect_hello(const std::string& child, const Answer& spawned) {
  try {
    return session_->expect_hello(child, static_cast<pid_t>(spawned.value.number.value_or(0)));
  } catch (const EndedBeforeHello& ended) {
    Answer crashed = spawned;
    crashed.outcome = Outcome::kCrashed;
    crashed.error = ended.what();
    need(crashed, "a child that begins");
    throw;
  }
}

void Scenario::needs_option(const std::string& option) const {
  if (!hello().options.contains(option)) throw Unsupported{"the driver has no option " + option};
}

void Scenario::probe_undeclared(const std::string& process, const Request& request,
                                const std::string& what) {
  const Call& probe = session_->start(process, request);
  const Awaited awaited = session_->await([&] { return probe.answer.has_value(); }, hang_bound());
  const bool answered = awaited.ended();
  if (awaited.state == FairBound::State::kUndecided)
    throw Inconclusive{"no answer to " + what +
                       " on a machine that is too slow: " + awaited.spent.in_words()};
  if (!answered || probe.answer->outcome != Outcome::kUnsupported) {
    throw DriverError{"its hello does not declare " + what +
                      ", so a request for it must answer unsupported; it " +
                      (answered ? "answered " + describe(*probe.answer) : "did not answer")};
  }
  throw Unsupported{"the driver does not declare " + what};
}

void Scenario::note_asked(const Request& request) {
  if (request.operation == Operation::kCreate)
    asked_.emplace(to_string(type_of(*request.arguments.type)));
  const OperationRow* row = find_operation(request.type, request.operation);
  if (row != nullptr && row->declared) asked_.insert(name_of(request));
  for (const Request& each : request.arguments.operations.value_or(std::vector<Request>{})) {
    note_asked(each);
  }
}

void Scenario::require_declared(const std::string& process, const Request& request) {
  note_asked(request);
  if (!is_declared(hello(), request)) probe_undeclared(process, request, name_of(request));
}

void Scenario::require_room(const Request& request) const {
  const auto limit = hello().limits.find("max_item_bytes");
  if (limit == hello().limits.end()) return;
  const std::int64_t wanted = largest_in(request);
  if (wanted > limit->second)
    throw Unsupported{"the driver's largest item has " + std::to_string(limit->second) +
                      " bytes, and the test needs one of " + std::to_string(wanted)};
}

Call& Scenario::start(const std::string& process, const Request& request) {
  require_declared(process, request);
  require_room(request);
  return session_->start(process, request);
}

std::optional<ThreadView> Scenario::view(const Call& call) {
  if (!call.began) return std::nullopt;
  return view_thread(session_->peer(call.process).pid, call.began->tid);
}

Answer Scenario::finish(Call& call) {
  const Awaited awaited = session_->await([&] { return call.answer.has_value(); }, hang_bound(),
                                          [&] { return call.events.size(); });
  if (!awaited.ended()) report_no_end(call, awaited);
  if (awaited.state == FairBound::State::kLate) note_late(describe(call.request), awaited.spent);
  if (call.answer->outcome == Outcome::kUnsupported) {
    throw DriverError{"its hello declares " + name_of(call.request) +
                      ", and a request for it answered unsupported"};
  }
  return *call.answer;
}

void Scenario::report_no_end(Call& call, const Awaited& awaited) {
  const std::string what = describe(call.request) + " on " + call.process;
  if (awaited.state == FairBound::State::kUndecided) too_slow(what + " has not ended", awaited);
  if (!call.began)
    throw Inconclusive{what + ": no answer, and the call never began: a stuck driver; " +
                       awaited.spent.in_words()};
  fail("the call ends", "it hangs: " + what_it_does(call) + "; " + awaited.spent.in_words(),
       call.step);
}

std::string Scenario::what_it_does(Call& call) {
  constexpr int kLooks = 9;
  constexpr auto kBetween = 20ms;
  std::string waits_in;
  int asleep = 0;
  for (int i = 0; i < kLooks; ++i) {
    const auto seen = view(call);
    if (seen && seen->state == 'S') {
      ++asleep;
      waits_in = seen->waits_in;
    }
    static_cast<void>(session_->wait_until([] { return false; }, kBetween));
  }
  // Half of the looks: what looks again from time to time is now and then seen running.
  if (2 * asleep < kLooks) return "its thread runs on and on, without waiting for anything";
  return "its thread sleeps" + (waits_in.empty() ? "" : " in " + waits_in);
}

void Scenario::note_late(const std::string& what, const Fairness& spent) {
  late_.push_back(what + ": " + spent.in_words());
}

void Scenario::expect_ended(const Awaited& awaited, const std::string& what) {
  if (awaited.state == FairBound::State::kUndecided) too_slow(what + " has not happened", awaited);
  if (awaited.state == FairBound::State::kLate) note_late(what, awaited.spent);
  if (awaited.state == FairBound::State::kHung)
    fail(what, "that does not happen; " + awaited.spent.in_words(),
         session_->transcript().newest());
}

bool Scenario::ends_within_fairly(Call& call, Nanoseconds at_most) {
  const Awaited awaited =
      session_->await([&] { return call.answer.has_value(); }, at_most / FairBound::kHangs);
  if (awaited.state == FairBound::State::kUndecided)
    too_slow(describe(call.request) + " on " + call.process + " has not ended", awaited);
  return awaited.ended();
}

bool Scenario::happens(const std::function<bool()>& held, const char* not_yet,
                       const std::function<std::size_t()>& progress) {
  const Awaited awaited = session_->await(held, hang_bound(), progress);
  if (awaited.state == FairBound::State::kUndecided) too_slow(not_yet, awaited);
  return awaited.ended();
}

void Scenario::expect_soon(const std::function<bool()>& held, const std::string& expected,
                           const std::function<std::string()>& saw,
                           const std::function<std::size_t()>& progress) {
  const Awaited awaited = session_->await(held, hang_bound(), progress);
  if (awaited.state == FairBound::State::kHung)
    fail(expected, saw() + "; " + awaited.spent.in_words(), session_->transcript().newest());
  expect_ended(awaited, expected);
}

void Scenario::fail(const std::string& expected, const std::string& saw, std::size_t step) {
  throw Failed{.expected = expected, .saw = saw, .step = step};
}

void Scenario::expect_end(const Actor& actor) {
  const Peer& peer = session_->peer(actor.name());
  expect_ended(session_->await([&] { return peer.dead; }, hang_bound()),
               "the end of process " + actor.name());
}

void Scenario::kill(const Actor& actor) {
  session_->signal(actor.name(), SIGKILL);
  expect_end(actor);
}

void Scenario::stop(const Actor& actor) {
  session_->signal(actor.name(), SIGSTOP);
  const pid_t pid = session_->peer(actor.name()).pid;
  // Twice: while one thread still ran, it may have begun another.
  const Awaited awaited =
      session_->await([&] { return stands_still(pid) && stands_still(pid); }, hang_bound());
  if (!awaited.ended())
    throw Inconclusive{"process " + actor.name() +
                       " still runs after it was told to stop: " + awaited.spent.in_words()};
}

void Scenario::resume(const Actor& actor) { session_->signal(actor.name(), SIGCONT); }

}  // namespace psq::conformance
