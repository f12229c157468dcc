#include "protocol/session.h"

#include <poll.h>
#include <signal.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "protocol/cause.h"

namespace psq::conformance {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Of fair time; an interpreter with much to import needs seconds.
constexpr seconds kHelloWithin{20};
// Most waits are over before a clock other than the wall's is of use.
constexpr milliseconds kAtOnce{5};
constexpr milliseconds kBetweenStates{5};
// What was measured once, on a machine that was less busy.
constexpr int kTimesOver = 4;

// Connections that have not said hello: each takes a descriptor, and the suite has as many as it is
// allowed.
constexpr std::size_t kMostNewcomers = 200;

std::int64_t count_calls(const Request& request) {
  if (request.operation != Operation::kRun) return 1;
  std::int64_t count = 0;
  for (const Request& each : request.arguments.operations.value_or(std::vector<Request>{})) {
    if (each.operation != Operation::kPause) count += each.repeat.value_or(1);
  }
  return count;
}

std::string quoted_log(const std::string& log) {
  return log.empty() ? "\nit wrote nothing to its log" : "\nits log:\n" + log;
}

timespec to_timespec(Nanoseconds duration) {
  const auto whole = std::chrono::duration_cast<seconds>(duration);
  return {.tv_sec = whole.count(), .tv_nsec = (duration - whole).count()};
}

}  // namespace

Session::Session(const SessionOptions& options)
    : patience_(options.patience),
      driver_times_(options.driver_times),
      listener_(folder_.path() / "control") {
  peers_["root"].name = "root";
  program_ = std::make_unique<DriverProgram>(options.command, folder_.path() / "control",
                                             folder_.path(), options.standard_descriptors);
  expect_hello("root");
}

Session::~Session() {
  newcomers_.clear();
  for (auto& [name, peer] : peers_) {
    peer.channel.reset();
    if (!peer.dead && peer.pidfd.open()) send_signal(peer.pidfd, SIGKILL);
  }
}

Nanoseconds Session::patient(Nanoseconds base) const {
  return Nanoseconds{static_cast<std::int64_t>(static_cast<double>(base.count()) * patience_)};
}

Peer& Session::peer(const std::string& name) {
  const auto found = peers_.find(name);
  if (found == peers_.end()) throw std::logic_error{"no process is called " + name};
  return found->second;
}

/// Notes which processes the request may end: an end that was asked for is no crash.
void Session::note_endings(Peer& asked, const Request& request) {
  const Arguments& arguments = request.arguments;
  if (request.operation == Operation::kEnd) {
    asked.told_to_end = true;
    asked.abrupt = asked.abrupt || arguments.how == Ending::kExitNow;
  } else if (request.operation == Operation::kTerminate || request.operation == Operation::kKill) {
    peer(request.on).told_to_end = true;
    peer(request.on).abrupt = true;
  } else if (request.operation == Operation::kSpawn) {
    Peer& child = peers_[*arguments.name];
    child.name = *arguments.name;
    // The end of its parent may end it at any time.
    child.told_to_end = arguments.daemon.value_or(false);
    child.abrupt = child.told_to_end;
  }
}

void Session::note_size(const Request& request) {
  const Arguments& arguments = request.arguments;
  if (arguments.payload) {
    if (const auto* item = std::get_if<Item>(&*arguments.payload))
      largest_item_ = std::max(largest_item_, item->size);
  }
  if (!arguments.operations) return;
  for (const Request& each : *arguments.operations) note_size(each);
}

Nanoseconds Session::driver_share() const {
  // Any call may be the one that obtains the largest item.
  return kTimesOver * (driver_times_.round_trip + driver_times_.of_item(largest_item_));
}

Call& Session::start(const std::string& process, const Request& request) {
  Peer& to = peer(process);
  if (!to.channel || to.dead)
    throw DriverError{"process " + process + " is gone; it cannot " + describe(request)};
  note_endings(to, request);
  note_size(request);
  auto call =
      std::make_unique<Call>(Call{.process = process, .request = request, .id = next_id_++});
  call->step = transcript_.begin({.process = process,
                                  .thread = request.thread,
                                  .text = describe(request),
                                  .at = monotonic_now()});
  Call& started = *call;
  calls_[call->id] = std::move(call);
  started.count = count_calls(request);
  started.sent = monotonic_now();
  const std::string line = encode(request, started.id);
  wire_.sent(process, line);
  to.channel->send(line);
  return started;
}

bool Session::wait_until(const std::function<bool()>& done, Nanoseconds at_most) {
  const Nanoseconds deadline = monotonic_now() + at_most;
  while (!done()) {
    const Nanoseconds left = deadline - monotonic_now();
    if (left <= Nanoseconds{0}) {
      poll_once(Nanoseconds{0});  // what has arrived by the deadline was in time
      return done();
    }
    poll_once(left);
  }
  return true;
}

Awaited Session::await(const std::function<bool()>& done, Nanoseconds bound,
                       const std::function<std::size_t()>& progress) {
  if (wait_until(done, std::min<Nanoseconds>(bound, kAtOnce))) return {};
  FairBound fair{fair_clock_, bound};
  std::size_t seen = progress ? progress() : 0;
  auto state = FairBound::State::kInTime;
  const auto may_end = [&] {
    return state == FairBound::State::kInTime || state == FairBound::State::kLate;
  };
  while (may_end() && !wait_until(done, kBetweenStates)) {
    if (progress && progress() != seen) {
      seen = progress();
      fair.restart();
    }
    state = fair.state();
  }
  return {.state = state, .spent = state == FairBound::State::kInTime ? Fairness{} : fair.spent()};
}

Peer& Session::expect_hello(const std::string& name, std::optional<pid_t> pid) {
  Peer& expected = peer(name);
  const Fd child = pid ? open_pidfd(*pid) : Fd{};
  const auto child_ended = [&] {
    pollfd end{.fd = child.get(), .events = POLLIN, .revents = 0};
    return pid && (!child.open() || ::poll(&end, 1, 0) == 1);
  };
  const auto over = [&] {
    const bool root_ended = name == "root" && program_->how_it_ended().has_value();
    return expected.channel.has_value() || expected.dead || root_ended || child_ended();
  };
  const Awaited awaited = await(over, patient(kHelloWithin) / FairBound::kHangs);
  if (awaited.state == FairBound::State::kUndecided) {
    throw Inconclusive{"process " + name + " did not say hello, on a machine that is too slow: " +
                       awaited.spent.in_words()};
  }
  const bool is_asked_for = expected.told_to_end || expected.killed;
  // What it wrote before its end is still to be read.
  if (!expected.channel && !is_asked_for && child_ended() &&
      !wait_until([&] { return expected.channel.has_value(); }, patient(kAtOnce))) {
    throw EndedBeforeHello{"its process ended before its hello" + quoted_log(log_tail())};
  }
  if (!expected.channel) {
    throw DriverError{"process " + name + " did not say hello: " + why_no_hello()};
  }
  return expected;
}

std::string Session::why_no_hello() {
  std::string why;
  if (const auto ended = program_->how_it_ended()) {
    why = "the driver's command " + *ended +
          " before. A driver connects to the Unix socket at PSQ_SOCKET and " +
          "sends the hello of spec/driver-protocol.md";
  } else {
    why = newcomers_.empty() ? "nothing connected" : "it connected and sent no hello";
    why += " within " + human(patient(kHelloWithin)) + " (--patience makes that longer)";
  }
  return why + quoted_log(log_tail());
}

bool Session::anything_pending() const {
  return std::ranges::any_of(calls_, [](const auto& each) { return !each.second->answer; });
}

void Session::signal(const std::string& process, int number) {
  Peer& target = peer(process);
  if (number == SIGKILL) target.killed = true;
  target.interrupted = true;
  const auto step =
      transcript_.begin({.process = process,
                         .thread = "main",
                         .text = std::string{"(signal "} + ::sigabbrev_np(number) + ")",
                         .at = monotonic_now()});
  transcript_.end(step, send_signal(target.pidfd, number) ? "sent" : "it was gone", Nanoseconds{0});
}

void Session::signal_threads(const std::string& process, int number) {
  const pid_t pid = peer(process).pid;
  for (const pid_t thread : threads_of(pid)) ::tgkill(pid, thread, number);
}

void Session::poll_once(Nanoseconds at_most) {
  std::vector<pollfd> fds{{.fd = listener_.fd(), .events = POLLIN, .revents = 0}};
  std::vector<Peer*> talking;
  for (auto& [name, each] : peers_) {
    if (each.dead || !each.channel) continue;
    talking.push_back(&each);
    // A channel whose other end closed would be ready for ever; death is learnt from the pidfd.
    fds.push_back(
        {.fd = each.channel->open() ? each.channel->fd() : -1, .events = POLLIN, .revents = 0});
    fds.push_back({.fd = each.pidfd.get(), .events = POLLIN, .revents = 0});
  }
  const std::size_t newcomers_from = fds.size();
  for (const auto& each : newcomers_)
    fds.push_back({.fd = each->channel.fd(), .events = POLLIN, .revents = 0});

  const timespec limit = to_timespec(std::max(at_most, Nanoseconds{0}));
  if (::ppoll(fds.data(), fds.size(), &limit, nullptr) <= 0) return;

  for (std::size_t i = 0; i < talking.size(); ++i) {
    if (fds[1 + 2 * i].revents != 0) receive_from(*talking[i]);
    if (fds[2 + 2 * i].revents != 0) note_death(*talking[i]);
  }
  for (std::size_t i = newcomers_from; i < fds.size(); ++i) {
    if (fds[i].revents != 0) receive_from_newcomer(newcomers_[i - newcomers_from]);
  }
  std::erase(newcomers_, nullptr);
  if (fds[0].revents != 0) {
    if (auto channel = listener_.accept()) welcome(std::move(*channel));
  }
}

void Session::welcome(Channel&& channel) {
  if (newcomers_.size() == kMostNewcomers) {
    throw DriverError{std::to_string(kMostNewcomers) + " connections are open that said no hello"};
  }
  newcomers_.push_back(std::make_unique<Newcomer>(Newcomer{.channel = std::move(channel)}));
}

void Session::receive_from_newcomer(std::unique_ptr<Newcomer>& newcomer) {
  newcomer->channel.receive([&](std::string_view line) {
    Incoming incoming = decode(line);
    if (incoming.kind == Incoming::Kind::kDefect) give_up_for_defect("a process", incoming);
    if (incoming.kind != Incoming::Kind::kHello || newcomer->hello) {
      throw DriverError{
          "the first message of a connection must be a hello, and the only one before a request; "
          "it sent: " +
          std::string{line.substr(0, 300)}};
    }
    newcomer->hello = std::move(incoming.hello);
  });
  if (newcomer->hello) {
    introduce(*newcomer);
    newcomer.reset();
  } else if (!newcomer->channel.open()) {
    newcomer.reset();
  }
}

void Session::introduce(Newcomer& newcomer) {
  Hello& hello = *newcomer.hello;
  const auto found = peers_.find(hello.role);
  if (found == peers_.end())
    throw DriverError{"a process said hello as '" + hello.role + "', which was not spawned"};
  Peer& known = found->second;
  if (known.channel) throw DriverError{"a second process said hello as '" + hello.role + "'"};
  if (newcomer.channel.peer() != hello.pid) {
    throw DriverError{hello.role + " says that its pid is " + std::to_string(hello.pid) +
                      ", the kernel says " + std::to_string(newcomer.channel.peer())};
  }
  known.pid = hello.pid;
  known.pidfd = open_pidfd(hello.pid);
  wire_.received(hello.role, hello.line);
  known.channel = std::move(newcomer.channel);
  known.dead = !known.pidfd.open();
  if (hello.role == "root") hello_ = std::move(hello);
}

void Session::receive_from(Peer& from) {
  from.channel->receive([&](std::string_view line) {
    wire_.received(from.name, line);
    take(from, decode(line));
  });
}

/// The driver says that it, and not the implementation, went wrong: nothing can be judged by it.
void Session::give_up_for_defect(const std::string& who, const Incoming& incoming) const {
  throw DriverError{who + " reports a defect of the driver, not of the implementation: " +
                    incoming.defect + quoted_log(log_tail())};
}

void Session::take(const Peer& from, const Incoming& incoming) {
  if (incoming.kind == Incoming::Kind::kDefect) give_up_for_defect(from.name, incoming);
  if (incoming.kind == Incoming::Kind::kHello) throw DriverError{from.name + " said hello twice"};
  const auto found = calls_.find(incoming.id);
  if (found == calls_.end() || found->second->process != from.name) {
    throw DriverError{from.name + " answered a request that it was not asked: id " +
                      std::to_string(incoming.id) +
                      (incoming.answer.error.empty() ? "" : " (" + incoming.answer.error + ")")};
  }
  Call& call = *found->second;
  if (call.answer) throw DriverError{from.name + " answered twice: " + describe(call.request)};
  if (incoming.kind == Incoming::Kind::kBegan) {
    if (++call.begun > call.count)
      throw DriverError{from.name + " said began more often than it was asked for calls: " +
                        describe(call.request)};
    call.began = incoming.began;
  } else {
    take_answer(call, incoming);
  }
}

void Session::take_answer(Call& call, const Incoming& incoming) {
  const Answer& answer = incoming.answer;
  const std::string asked = call.process + " was asked: " + describe(call.request);
  if (answer.outcome == Outcome::kBadRequest)
    throw DriverError{asked + "; it answered bad_request " + answer.error};
  if (answer.returned < answer.invoked || answer.returned > monotonic_now() ||
      (answer.invoked != Nanoseconds{0} && answer.invoked < call.sent)) {
    throw DriverError{asked +
                      "; the times of its answer cannot be: they are not read from CLOCK_MONOTONIC "
                      "next to the call"};
  }
  if (incoming.kind == Incoming::Kind::kEvent) {
    if (incoming.index != static_cast<std::int64_t>(call.events.size())) {
      throw DriverError{asked + "; its events do not count from 0 without gaps"};
    }
    if (call.request.operation != Operation::kRun || incoming.index == call.count)
      throw DriverError{asked + "; it sent more events than the list has calls"};
    call.events.push_back(answer);
    call.events.back().step = call.step;
    if (answer.outcome != Outcome::kOk)
      call.events.back().asked = asked_of(call.request, call.events.size() - 1);
    return;
  }
  call.answer = answer;
  call.answer->step = call.step;
  call.answer->asked = asked_of(call.request);
  transcript_.end(call.step, describe(answer) + outcomes_of(call.events), answer.took());
}

void Session::note_death(Peer& gone) {
  receive_from(gone);  // it may have written answers before it died
  gone.dead = true;
  gone.died = monotonic_now();
  bool in_a_call = false;
  for (auto& [id, call] : calls_) {
    if (call->process != gone.name || call->answer) continue;
    in_a_call = true;
    const bool asked_for = gone.killed || gone.told_to_end;
    call->answer = Answer{.outcome = asked_for ? Outcome::kKilled : Outcome::kCrashed,
                          .error = asked_for ? "" : program_->how_ended(gone.pid),
                          .step = call->step,
                          .asked = asked_of(call->request, call->events.size())};
    transcript_.end(call->step, describe(*call->answer) + outcomes_of(call->events),
                    Nanoseconds{0});
  }
  if (!in_a_call && !gone.killed && !gone.told_to_end) {
    throw DriverError{"process " + gone.name + " ended without being asked to" +
                      quoted_log(log_tail())};
  }
}

}  // namespace psq::conformance
