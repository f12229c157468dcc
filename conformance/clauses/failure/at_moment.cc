// spec/failure.md: what the others can do after a process died at a moment, and that one which was
// only stopped there goes on
#include <algorithm>
#include <utility>

#include "clauses/failure/crash_run.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

// How long a call is watched that may wait for ever, and one that must not.
constexpr auto kWatched = 800ms;
constexpr auto kMustEnd = 4s;
constexpr auto kStopped = 250ms;  // longer than anything that looks again sleeps

CrashRun holder_idle(Scenario& t) {
  const Actor main = t.root();
  CrashRun run{.q = main.queue(3), .bound = 3, .put_by = {{"doomed", 1}}, .unread = 1};
  static_cast<void>(main.spawn("survivor", {run.q}));
  main.spawn("doomed", {run.q}).ok(put(run.q, t.item("doomed", 0)));
  t.eventually_boolean(main, empty(run.q), false);
  return run;
}

CrashRun getter(Scenario& t, const Object& q, std::int64_t bound, bool others) {
  const Actor main = t.root();
  CrashRun run{.q = q, .bound = bound};
  const Actor survivor = main.spawn("survivor", {q});
  const Actor doomed = main.spawn("doomed", {q});
  run.pending = &doomed.start(get(q));
  t.expect_waits(*run.pending, "for an item");
  if (!others) return run;
  run.waiting.push_back(&survivor.start(get(q).by("waiting")));
  t.expect_waits(*run.waiting.back(), "for an item");
  return run;
}

CrashRun getter_alone(Scenario& t) { return getter(t, t.root().queue(2), 2, false); }
CrashRun getter_before_others(Scenario& t) { return getter(t, t.root().queue(2), 2, true); }
CrashRun simple_getter(Scenario& t) { return getter(t, t.root().simple_queue(), 0, false); }

CrashRun putter_at_full(Scenario& t) {
  const Actor main = t.root();
  CrashRun run{.q = main.queue(2), .bound = 2, .put_by = {{"root", 2}, {"doomed", 1}}};
  static_cast<void>(main.spawn("survivor", {run.q}));
  const Actor doomed = main.spawn("doomed", {run.q});
  for (std::int64_t i = 0; i < 2; ++i) main.ok(put(run.q, t.item("root", i)));
  t.expect_waits(doomed.start(put(run.q, t.item("doomed", 0))), "for a slot");
  return run;
}

// In the middle of an item that no transport holds and nobody takes.
CrashRun in_message(Scenario& t, const Object& q, std::int64_t bound) {
  const Actor main = t.root();
  CrashRun run{.q = q, .bound = bound, .put_by = {{"doomed", 1}}, .unread = 1};
  static_cast<void>(main.spawn("survivor", {q}));
  static_cast<void>(main.spawn("doomed", {q}).start(put(q, t.item("doomed", 0, kLarger))));
  t.eventually_boolean(main, empty(q), false);
  return run;
}

CrashRun feeder_in_message(Scenario& t) { return in_message(t, t.root().queue(2), 2); }
CrashRun writer_in_message(Scenario& t) { return in_message(t, t.root().simple_queue(), 0); }

// The writer stands still in the middle of its item, so that its reader is in the middle as well.
CrashRun reader_in(Scenario& t, const Object& q, std::int64_t bound) {
  const Actor main = t.root();
  CrashRun run{.q = q, .bound = bound, .put_by = {{"writer", 1}}};
  static_cast<void>(main.spawn("survivor", {q}));
  const Actor doomed = main.spawn("doomed", {q});
  const Actor writer = main.spawn("writer", {q});
  static_cast<void>(writer.start(put(q, t.item("writer", 0, kLarger))));
  t.eventually_boolean(main, empty(q), false);
  t.stop(writer);
  run.standing = "writer";
  run.pending = &doomed.start(get(q));
  if (t.ends_within(*run.pending, kStopped))
    throw Inconclusive{"the transport took the whole item: nobody was in the middle of it"};
  t.expect_waits(*run.pending, "for the rest of the item");
  return run;
}

CrashRun reader_in_message(Scenario& t) { return reader_in(t, t.root().queue(2), 2); }
CrashRun simple_reader_in_message(Scenario& t) { return reader_in(t, t.root().simple_queue(), 0); }

// Another process is in the middle of an item, so that what the doomed one puts waits in its
// buffer.
CrashRun buffered(Scenario& t, const Object& q) {
  const Actor main = t.root();
  CrashRun run{
      .q = q, .bound = 4, .put_by = {{"root", 1}, {"writer", 1}, {"doomed", 2}}, .unread = 2};
  const Actor survivor = main.spawn("survivor", {q});
  const Actor doomed = main.spawn("doomed", {q});
  // The others have used the queue before: nothing that a first use sets right is set right later.
  main.ok(put(q, t.item("root", 0)));
  run.obtained = {{.by = "survivor", .answers = {survivor.ok(get(q))}}};
  if (q.type == "joinable_queue") survivor.ok(task_done(q));
  static_cast<void>(main.spawn("writer", {q}).start(put(q, t.item("writer", 0, kLarger))));
  t.eventually_boolean(main, empty(q), false);
  for (std::int64_t i = 0; i < 2; ++i) doomed.ok(put(q, t.item("doomed", i)));
  return run;
}

CrashRun before_flush(Scenario& t) { return buffered(t, t.root().queue(4)); }
CrashRun tasks_before_flush(Scenario& t) { return buffered(t, t.root().joinable_queue(4)); }

CrashRun before_task_done(Scenario& t) {
  const Actor main = t.root();
  CrashRun run{.q = main.joinable_queue(3), .bound = 3, .put_by = {{"root", 1}}};
  static_cast<void>(main.spawn("survivor", {run.q}));
  main.ok(put(run.q, t.item("root", 0)));
  const Answer got = main.spawn("doomed", {run.q}).ok(get(run.q));
  run.obtained = {{.by = "doomed", .answers = {got}}};
  return run;
}

CrashRun joiner(Scenario& t) {
  const Actor main = t.root();
  CrashRun run{.q = main.joinable_queue(3), .bound = 3, .put_by = {{"root", 1}}};
  static_cast<void>(main.spawn("survivor", {run.q}));
  const Actor doomed = main.spawn("doomed", {run.q});
  main.ok(put(run.q, t.item("root", 0)));
  t.expect_waits(doomed.start(join(run.q)), "for a task");
  return run;
}

// The creator of the queue is the parent of those that use it, too.
CrashRun creator(Scenario& t) {
  const Actor doomed = t.root().spawn("doomed", {});
  CrashRun run{.q = doomed.queue(3), .putter = "putter", .bound = 3, .put_by = {{"putter", 1}}};
  const Actor putter = doomed.spawn("putter", {run.q});
  static_cast<void>(doomed.spawn("survivor", {run.q}));
  putter.ok(put(run.q, t.item("putter", 0)));
  t.eventually_boolean(putter, empty(run.q), false);
  return run;
}

CrashRun parent(Scenario& t) {
  const Actor main = t.root();
  CrashRun run{.q = main.queue(3), .putter = "survivor", .getter = "root", .bound = 3};
  static_cast<void>(main.spawn("doomed", {run.q}).spawn("survivor", {run.q}));
  return run;
}

constexpr auto kResumes = "failure.stop.every-moment";
constexpr auto kGoOn = "failure.robust.goes-on";
constexpr auto kSecond = "failure.robust.within-a-second";
constexpr auto kSlots = "failure.robust.slots-return";
constexpr auto kTasks = "failure.robust.tasks-return";

struct Named {
  Moment moment;
  const char* clause;
};
constexpr Named kMoments[] = {
    {holder_idle, "failure.moment.holder-idle"},
    {getter_alone, "failure.moment.getter-alone"},
    {getter_before_others, "failure.moment.getter-before-others"},
    {simple_getter, "failure.moment.simple-getter"},
    {putter_at_full, "failure.moment.putter-at-full"},
    {feeder_in_message, "failure.moment.feeder-in-message"},
    {writer_in_message, "failure.moment.writer-in-message"},
    {reader_in_message, "failure.moment.reader-in-message"},
    {simple_reader_in_message, "failure.moment.simple-reader-in-message"},
    {before_flush, "failure.moment.before-flush"},
    {tasks_before_flush, "failure.moment.tasks-before-flush"},
    {before_task_done, "failure.moment.before-task-done"},
    {joiner, "failure.moment.joiner"},
    {creator, "failure.moment.creator"},
    {parent, "failure.moment.parent"},
};

Aftermath after(Scenario& t, Moment moment, Strike how, Nanoseconds enough) {
  CrashRun run = moment(t);
  strike(t, run, how);
  return look(t, run, kNothingWrong, enough);
}

template <std::size_t i>
void interrupted(Scenario& t) {
  observe_deaths(t, kMoments[i].clause, [&](Strike how) {
    return after(t, kMoments[i].moment, how, kWatched).in_words();
  });
}

template <std::size_t i>
void stopped(Scenario& t) {
  CrashRun run = kMoments[i].moment(t);
  strike(t, run, Strike::kStop);
  static_cast<void>(t.session().wait_until([] { return false; }, kStopped));
  t.resume(Actor{t, run.doomed});
  if (run.pending != nullptr) run.waiting.push_back(run.pending);
  run.unread = run.put_by.contains(run.doomed) ? run.put_by[run.doomed] : 0;
  const Aftermath found = look(t, run, kResumes, kMustEnd);
  t.expect_true(found.all_go_on() && found.lost == 0 && found.slots_gone == 0,
                "everybody goes on, and nothing is lost", found.in_words());
}

// The law of `robust`, of each moment.
template <std::size_t i>
void survived(Scenario& t) {
  const Aftermath found = after(t, kMoments[i].moment, Strike::kKill, kMustEnd);
  for_clause(kGoOn,
             [&] { t.expect_true(found.all_go_on(), "the others go on", found.in_words()); });
  for_clause(kSlots, [&] {
    t.expect_true(found.slots_gone == 0, "every slot comes back", found.in_words());
  });
  const bool task_is_left = kMoments[i].moment == before_task_done;
  for_clause(kTasks, [&] {
    t.expect_true(
        found.joins.empty() || found.joins == (task_is_left ? "waits for ever" : "returns"),
        task_is_left ? "join waits for the task of the item that the dead obtained"
                     : "join returns: what was never obtained is no task",
        found.in_words());
  });
  for_clause(kSecond, [&] {
    t.expect_true(found.slowest <= kTheirTimeout + t.patient(1s),
                  "each call ends within " + human(t.patient(1s)) + " of its timeout",
                  human(found.slowest));
  });
}

// `getter_alone` of the clause's id, for the name of a test.
std::string short_name_of(const std::string& clause) {
  std::string name = clause.substr(clause.rfind('.') + 1);
  std::ranges::replace(name, '-', '_');
  return name;
}

template <std::size_t... i>
std::vector<TestCase> tests_of_each(std::index_sequence<i...>) {
  std::vector<TestCase> tests;
  (tests.push_back({{kMoments[i].clause, kNothingWrong}, interrupted<i>}), ...);
  (tests.push_back({{kResumes}, stopped<i>, short_name_of(kMoments[i].clause)}), ...);
  (tests.push_back(
       {{kGoOn, kSlots, kTasks, kSecond}, survived<i>, short_name_of(kMoments[i].clause)}),
   ...);
  return tests;
}

const Tests kTests{tests_of_each(std::make_index_sequence<std::size(kMoments)>{})};

}  // namespace
}  // namespace psq::conformance
