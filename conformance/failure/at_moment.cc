// spec/failure.md: what the others can do after a process died at a moment, and that one which was
// only stopped there goes on
#include <algorithm>
#include <utility>

#include "failure/stage.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

// How long a call is watched that may wait for ever, and one that must not.
constexpr auto kWatched = 800ms;
constexpr auto kMustEnd = 4s;
constexpr auto kStopped = 250ms;  // longer than anything that looks again sleeps

Stage holder_idle(Scenario& t) {
  const Actor main = t.root();
  Stage stage{.q = main.queue(3), .bound = 3, .put_by = {{"doomed", 1}}, .unread = 1};
  static_cast<void>(main.spawn("survivor", {stage.q}));
  main.spawn("doomed", {stage.q}).ok(put(stage.q, t.item("doomed", 0)));
  t.eventually_boolean(main, empty(stage.q), false);
  return stage;
}

Stage getter(Scenario& t, const Object& q, std::int64_t bound, bool others) {
  const Actor main = t.root();
  Stage stage{.q = q, .bound = bound};
  const Actor survivor = main.spawn("survivor", {q});
  const Actor doomed = main.spawn("doomed", {q});
  stage.pending = &doomed.start(get(q));
  t.expect_waits(*stage.pending, "for an item");
  if (!others) return stage;
  stage.waiting.push_back(&survivor.start(get(q).by("waiting")));
  t.expect_waits(*stage.waiting.back(), "for an item");
  return stage;
}

Stage getter_alone(Scenario& t) { return getter(t, t.root().queue(2), 2, false); }
Stage getter_before_others(Scenario& t) { return getter(t, t.root().queue(2), 2, true); }
Stage simple_getter(Scenario& t) { return getter(t, t.root().simple_queue(), 0, false); }

Stage putter_at_full(Scenario& t) {
  const Actor main = t.root();
  Stage stage{.q = main.queue(2), .bound = 2, .put_by = {{"root", 2}, {"doomed", 1}}};
  static_cast<void>(main.spawn("survivor", {stage.q}));
  const Actor doomed = main.spawn("doomed", {stage.q});
  for (std::int64_t i = 0; i < 2; ++i) main.ok(put(stage.q, t.item("root", i)));
  t.expect_waits(doomed.start(put(stage.q, t.item("doomed", 0))), "for a slot");
  return stage;
}

// In the middle of an item that no transport holds and nobody takes.
Stage in_message(Scenario& t, const Object& q, std::int64_t bound) {
  const Actor main = t.root();
  Stage stage{.q = q, .bound = bound, .put_by = {{"doomed", 1}}, .unread = 1};
  static_cast<void>(main.spawn("survivor", {q}));
  static_cast<void>(main.spawn("doomed", {q}).start(put(q, t.item("doomed", 0, kLarger))));
  t.eventually_boolean(main, empty(q), false);
  return stage;
}

Stage feeder_in_message(Scenario& t) { return in_message(t, t.root().queue(2), 2); }
Stage writer_in_message(Scenario& t) { return in_message(t, t.root().simple_queue(), 0); }

// The writer stands still in the middle of its item, so that its reader is in the middle as well.
Stage reader_in(Scenario& t, const Object& q, std::int64_t bound) {
  const Actor main = t.root();
  Stage stage{.q = q, .bound = bound, .put_by = {{"writer", 1}}};
  static_cast<void>(main.spawn("survivor", {q}));
  const Actor doomed = main.spawn("doomed", {q});
  const Actor writer = main.spawn("writer", {q});
  static_cast<void>(writer.start(put(q, t.item("writer", 0, kLarger))));
  t.eventually_boolean(main, empty(q), false);
  t.stop(writer);
  stage.standing = "writer";
  stage.pending = &doomed.start(get(q));
  if (t.ends_within(*stage.pending, kStopped))
    throw Inconclusive{"the transport took the whole item: nobody was in the middle of it"};
  t.expect_waits(*stage.pending, "for the rest of the item");
  return stage;
}

Stage reader_in_message(Scenario& t) { return reader_in(t, t.root().queue(2), 2); }
Stage simple_reader_in_message(Scenario& t) { return reader_in(t, t.root().simple_queue(), 0); }

// Another process is in the middle of an item, so that what the doomed one puts waits in its
// buffer.
Stage buffered(Scenario& t, const Object& q) {
  const Actor main = t.root();
  Stage stage{
      .q = q, .bound = 4, .put_by = {{"root", 1}, {"writer", 1}, {"doomed", 2}}, .unread = 2};
  const Actor survivor = main.spawn("survivor", {q});
  const Actor doomed = main.spawn("doomed", {q});
  // The others have used the queue before: nothing that a first use sets right is set right later.
  main.ok(put(q, t.item("root", 0)));
  stage.obtained = {{.by = "survivor", .answers = {survivor.ok(get(q))}}};
  if (q.type == ObjectType::kJoinableQueue) survivor.ok(task_done(q));
  static_cast<void>(main.spawn("writer", {q}).start(put(q, t.item("writer", 0, kLarger))));
  t.eventually_boolean(main, empty(q), false);
  for (std::int64_t i = 0; i < 2; ++i) doomed.ok(put(q, t.item("doomed", i)));
  return stage;
}

Stage before_flush(Scenario& t) { return buffered(t, t.root().queue(4)); }
Stage tasks_before_flush(Scenario& t) { return buffered(t, t.root().joinable_queue(4)); }

Stage before_task_done(Scenario& t) {
  const Actor main = t.root();
  Stage stage{.q = main.joinable_queue(3), .bound = 3, .put_by = {{"root", 1}}};
  static_cast<void>(main.spawn("survivor", {stage.q}));
  main.ok(put(stage.q, t.item("root", 0)));
  const Answer got = main.spawn("doomed", {stage.q}).ok(get(stage.q));
  stage.obtained = {{.by = "doomed", .answers = {got}}};
  return stage;
}

Stage joiner(Scenario& t) {
  const Actor main = t.root();
  Stage stage{.q = main.joinable_queue(3), .bound = 3, .put_by = {{"root", 1}}};
  static_cast<void>(main.spawn("survivor", {stage.q}));
  const Actor doomed = main.spawn("doomed", {stage.q});
  main.ok(put(stage.q, t.item("root", 0)));
  t.expect_waits(doomed.start(join(stage.q)), "for a task");
  return stage;
}

// The creator of the queue is the parent of those that use it, too.
Stage creator(Scenario& t) {
  const Actor doomed = t.root().spawn("doomed", {});
  Stage stage{.q = doomed.queue(3), .putter = "putter", .bound = 3, .put_by = {{"putter", 1}}};
  const Actor putter = doomed.spawn("putter", {stage.q});
  static_cast<void>(doomed.spawn("survivor", {stage.q}));
  putter.ok(put(stage.q, t.item("putter", 0)));
  t.eventually_boolean(putter, empty(stage.q), false);
  return stage;
}

Stage parent(Scenario& t) {
  const Actor main = t.root();
  Stage stage{.q = main.queue(3), .putter = "survivor", .getter = "root", .bound = 3};
  static_cast<void>(main.spawn("doomed", {stage.q}).spawn("survivor", {stage.q}));
  return stage;
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
  Stage stage = moment(t);
  strike(t, stage, how);
  return look(t, stage, kNothingWrong, enough);
}

template <std::size_t i>
void struck(Scenario& t) {
  observe_deaths(t, kMoments[i].clause, [&](Strike how) {
    return after(t, kMoments[i].moment, how, kWatched).in_words();
  });
}

template <std::size_t i>
void stopped(Scenario& t) {
  Stage stage = kMoments[i].moment(t);
  strike(t, stage, Strike::kStop);
  static_cast<void>(t.session().wait_until([] { return false; }, kStopped));
  t.resume(Actor{t, stage.doomed});
  if (stage.pending != nullptr) stage.waiting.push_back(stage.pending);
  stage.unread = stage.put_by.contains(stage.doomed) ? stage.put_by[stage.doomed] : 0;
  const Aftermath found = look(t, stage, kResumes, kMustEnd);
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
  (tests.push_back({{kMoments[i].clause, kNothingWrong}, struck<i>}), ...);
  (tests.push_back({{kResumes}, stopped<i>, short_name_of(kMoments[i].clause)}), ...);
  (tests.push_back(
       {{kGoOn, kSlots, kTasks, kSecond}, survived<i>, short_name_of(kMoments[i].clause)}),
   ...);
  return tests;
}

const Tests kTests{tests_of_each(std::make_index_sequence<std::size(kMoments)>{})};

}  // namespace
}  // namespace psq::conformance
