// The vocabulary of the tests: processes that do things, and what is expected of them.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/session.h"
#include "suite/operations.h"
#include "suite/verdict.h"

namespace psq::conformance {

using namespace std::chrono_literals;

class Scenario;

/// How much later than its timeout the promptest of several calls may be, on the fair clock. It is
/// scaled by the patience, up to twice: on a slower machine the fair clock is slower, too.
inline constexpr auto kLateness = 150ms;
/// A timeout that a test sets to see that a call ends at its time: half of it more is too late. It
/// is scaled by the patience as well (Scenario::patient), so that this holds at every patience.
inline constexpr auto kTimed = 600ms;
static_assert(kTimed / 2 > kLateness);
/// A timeout that must not pass, however slow the machine is.
inline constexpr auto kLong = 1h;

/// The name from which an item of the least size can still be made.
inline constexpr std::size_t kLongestFrom = 32;

/// One process of the implementation, by name. Cheap to copy; valid as long as its scenario.
class Actor {
 public:
  Actor(Scenario& scenario, std::string name) : scenario_(&scenario), name_(std::move(name)) {}

  [[nodiscard]] const std::string& name() const { return name_; }

  /// Asks and waits for the answer. A call that does not end in good time is a failure, unless the
  /// machine is to blame, and then inconclusive.
  Answer call(const Request& request) const;
  /// Asks, and leaves the call pending.
  Call& start(const Request& request) const;
  /// Asks, and demands that it is `ok`, with each call of a list: for what a test needs before it
  /// comes to its clause. See Scenario::need.
  Answer ok(const Request& request) const;

  /// Starts a child that is given these objects, and waits for its hello.
  Actor spawn(const std::string& name, const std::vector<Object>& objects,
              bool daemon = false) const;

  /// A queue with a bound, or without one: then with room for all that a test puts.
  Object queue(std::int64_t maxsize = 0, const std::string& name = "q") const;
  Object joinable_queue(std::int64_t maxsize = 0, const std::string& name = "q") const;
  Object simple_queue(const std::string& name = "q") const;
  /// For a one-way pipe the first end receives and the second sends.
  std::pair<Object, Object> pipe(bool duplex, const std::string& first = "a",
                                 const std::string& second = "b") const;
  /// The object, or the first end, that the request creates.
  Object create(const Request& request) const;

 private:
  Object create_bounded(CreatedType type, std::int64_t maxsize, const std::string& name) const;

  Scenario* scenario_;
  std::string name_;
};

/// How long a test that searches may search, and how long it may make smaller what it has found.
struct Effort {
  Nanoseconds budget = 3s;
  Nanoseconds shrinking = 10s;
  /// When there is such a number: so many programs, however long they take.
  std::int64_t programs = INT64_MAX;
};

class Scenario {
 public:
  explicit Scenario(SessionOptions options, std::uint64_t seed, const Effort& effort = {});

  [[nodiscard]] Session& session() { return *session_; }
  [[nodiscard]] const Session& session() const { return *session_; }
  [[nodiscard]] const Hello& hello() const { return session_->hello(); }
  [[nodiscard]] std::uint64_t seed() const { return seed_; }
  [[nodiscard]] const Effort& effort() const { return effort_; }
  [[nodiscard]] Actor root() { return {*this, "root"}; }
  [[nodiscard]] Nanoseconds patient(Nanoseconds base) const { return session_->patient(base); }
  [[nodiscard]] Nanoseconds lateness() const {
    return std::min<Nanoseconds>(patient(kLateness), 2 * kLateness);
  }
  /// How long something that must end may take in fair time before it is late; what takes a
  /// multiple of it hangs (FairBound).
  [[nodiscard]] Nanoseconds hang_bound() const {
    return patient(options_.hang_after) + session_->driver_share();
  }
  /// The fair clock, for bounds that a test computes with: it advances in steps of some
  /// milliseconds.
  [[nodiscard]] Nanoseconds fair_now() { return session_->fair_clock().now(); }

  /// Ends all processes and starts the driver afresh.
  void restart();
  /// The same, with the driver's standard descriptors closed.
  void restart_without_standard_descriptors();

  /// Waits for the hello of a child whose start ended so. When the child ends before it, the start
  /// has crashed.
  const Peer& expect_hello(const std::string& child, const Answer& spawned);

  /// An item of at least the driver's least size. `from` has at most kLongestFrom bytes.
  [[nodiscard]] Item item(const std::string& from, std::int64_t seq, std::int64_t size = 0) const;
  /// The size, or the driver's largest: for sizes that are drawn at random.
  [[nodiscard]] std::int64_t fitting(std::int64_t size) const;
  /// Ends the test as unsupported when the driver has no such option.
  void needs_option(const std::string& option) const;
  /// The maxsize to ask for when a queue with this bound is wanted, or with room for all (0 or
  /// less): the driver's largest where it has nothing but bounds. Ends the test as unsupported when
  /// the driver has no such queue.
  [[nodiscard]] std::int64_t bound(const std::string& process, CreatedType type,
                                   std::int64_t wanted);
  /// Ends the test as unsupported when every queue of the driver has a bound.
  void needs_unbounded(const std::string& process, CreatedType type);

  /// Demands that what a test only needs is `ok`. Throws Blocked for an end that is the operation's
  /// own defect, whatever the test is about, and Failed for any other.
  void need(const Answer& answer, const std::string& why = {});
  /// The same of a call that has ended, and of each call of its list: those may end otherwise than
  /// as `ok`, in every way that has a reason in the state of the object.
  void need(const Call& call, const std::string& why = {});

  // What tests demand. Each throws Failed when it is not so.
  void expect(const Answer& answer, Outcome outcome, const std::string& why = {});
  void expect_one_of(const Answer& answer, std::initializer_list<Outcome> outcomes,
                     const std::string& why = {});
  void expect_payload(const Answer& answer, const Payload& payload);
  void expect_intact(const Answer& answer);
  void expect_boolean(const Answer& answer, bool value, const std::string& why = {});
  void expect_number(const Answer& answer, std::int64_t value, const std::string& why = {});
  void expect_true(bool held, const std::string& expected, const std::string& saw);
  void expect_true(bool held, const std::string& expected, const std::string& saw,
                   const Answer& at);

  /// Not before `timeout` had passed, by the monotonic clock; inconclusive if the wall clock was
  /// set meanwhile.
  void expect_not_before(const Answer& answer, Nanoseconds timeout);
  /// Whether the call comes to sleep in the kernel before it ends; for what may or may not wait.
  [[nodiscard]] bool comes_to_wait(Call& call);
  /// The call began, and its thread sleeps in the kernel: it waits. Shown, not assumed.
  void expect_waits(Call& call, const std::string& for_what);
  /// It waits, and does not end within this time either: to tell it from a short timeout.
  void expect_waits_on(Call& call, Nanoseconds at_least, const std::string& for_what);
  /// Waits for the answer, as Actor::call does. Of a list the bound counts from the newest event.
  Answer finish(Call& call);
  /// Whether the call has an answer within the time, on the wall clock; for what may or may not
  /// end.
  [[nodiscard]] bool ends_within(Call& call, Nanoseconds at_most);
  /// Whether the call ends within the time on the fair clock; for what the law bounds. Inconclusive
  /// where the machine is too slow to tell.
  [[nodiscard]] bool ends_within_fairly(Call& call, Nanoseconds at_most);
  /// Whether it comes to be so, within the bound of a hang. Inconclusive, with `not_yet` as the
  /// reason, where the machine is too slow to tell.
  [[nodiscard]] bool happens(const std::function<bool()>& held, const char* not_yet,
                             const std::function<std::size_t()>& progress = {});
  /// Waits until it is so. A failure when that does not happen, inconclusive on a slow machine.
  void expect_soon(const std::function<bool()>& held, const std::string& expected,
                   const std::function<std::string()>& saw,
                   const std::function<std::size_t()>& progress = {});
  /// The answer came after the other call was made: what waited, waited for that.
  void expect_after(const Answer& answer, const Answer& event);

  /// Repeats `measure`, which makes one timed call, and demands that the least lateness beyond
  /// `timeout` is small. The least of several, because a busy machine may make any single call
  /// late, a wrong queue makes all of them. Late on the wall clock alone is inconclusive.
  void expect_prompt(Nanoseconds timeout, const std::function<Answer()>& measure);
  /// Asks again until the answer is as wanted, for what becomes true in a while; fails when it does
  /// not.
  Answer eventually(const std::function<Answer()>& ask,
                    const std::function<bool(const Answer&)>& wanted, const std::string& expected);
  Answer eventually_boolean(const Actor& actor, const Request& request, bool value);

  /// Waits for the end of a process that was told to end.
  void expect_end(const Actor& actor);
  void kill(const Actor& actor);
  /// Returns when none of its threads runs any more.
  void stop(const Actor& actor);
  void resume(const Actor& actor);

  /// Ends what still runs the way its users would, if nothing is in the way, and demands that
  /// nothing of it is left: no process, no named shared memory, no temporary file. Says whether it
  /// could look.
  bool expect_nothing_left();

  /// Records which of the allowed behaviours was seen, for MAY and OBSERVED clauses.
  void observe(const std::string& clause, const std::string& behaviour) {
    observed_[clause] = behaviour;
  }
  [[nodiscard]] const std::map<std::string, std::string>& observed() const { return observed_; }

  /// Records how much a search has seen.
  void note_seen(const std::map<std::string, std::int64_t>& numbers) { seen_ = numbers; }
  [[nodiscard]] const std::map<std::string, std::int64_t>& seen() const { return seen_; }

  /// What the driver had to declare for the test: types, such as "queue", and operations, such as
  /// "queue.put", those in lists included.
  [[nodiscard]] const std::set<std::string>& asked() const { return asked_; }

  /// What ended late, on a machine that was fair, though no law bounds it.
  [[nodiscard]] const std::vector<std::string>& late() const { return late_; }

  Call& start(const std::string& process, const Request& request);

 private:
  /// A timed call, and how late it was: on the wall clock, and on the fair one.
  struct Timed {
    Answer answer;
    Nanoseconds late{0};
    Nanoseconds fairly{0};
    Fairness spent = {};
  };
  Timed timed(Nanoseconds timeout, const std::function<Answer()>& measure);

  // How long a test that asks again and again waits in between.
  static constexpr auto kBetweenLooks = 5ms;

  [[noreturn]] void fail(const std::string& expected, const std::string& saw, std::size_t step);
  [[noreturn]] void report_no_end(Call& call, const Awaited& awaited);
  /// From the kernel's view of its thread over some time.
  [[nodiscard]] std::string what_it_does(Call& call);
  /// Notes what was late, and throws what is to be thrown when it did not end.
  void expect_ended(const Awaited& awaited, const std::string& what);
  /// `what` is not declared, and the request for it is probed once.
  [[noreturn]] void probe_undeclared(const std::string& process, const Request& request,
                                     const std::string& what);
  [[nodiscard]] std::optional<ThreadView> view(const Call& call);
  void note_late(const std::string& what, const Fairness& spent);
  void note_asked(const Request& request);
  void require_declared(const std::string& process, const Request& request);
  void require_room(const Request& request) const;

  SessionOptions options_;
  std::uint64_t seed_;
  Effort effort_;
  Nanoseconds wall_clock_at_start_;
  std::unique_ptr<Session> session_;
  std::map<std::string, std::string> observed_;
  std::map<std::string, std::int64_t> seen_;
  std::set<std::string> asked_;
  std::vector<std::string> late_;
};

}  // namespace psq::conformance
