// spec/failure.md: the points at which the tests interrupt a process
#include "clauses/failure/crash_points.h"

#include "suite/kinds.h"

namespace psq::conformance {
namespace {

constexpr auto kWatched = 250ms;  // longer than anything that looks again sleeps

CrashRun holder_idle(Scenario& t) {
  const Actor main = t.root();
  CrashRun run{.q = main.queue(3), .bound = 3, .put_by = {{"victim", 1}}, .unread = 1};
  static_cast<void>(main.spawn("survivor", {run.q}));
  main.spawn("victim", {run.q}).ok(put(run.q, t.item("victim", 0)));
  t.eventually_boolean(main, empty(run.q), false);
  return run;
}

CrashRun getter(Scenario& t, const Object& q, std::int64_t bound, bool others) {
  const Actor main = t.root();
  CrashRun run{.q = q, .bound = bound};
  const Actor survivor = main.spawn("survivor", {q});
  const Actor victim = main.spawn("victim", {q});
  run.pending = &victim.start(get(q));
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
  CrashRun run{.q = main.queue(2), .bound = 2, .put_by = {{"root", 2}, {"victim", 1}}};
  static_cast<void>(main.spawn("survivor", {run.q}));
  const Actor victim = main.spawn("victim", {run.q});
  for (std::int64_t i = 0; i < 2; ++i) main.ok(put(run.q, t.item("root", i)));
  t.expect_waits(victim.start(put(run.q, t.item("victim", 0))), "for a slot");
  return run;
}

// In the middle of an item that no transport holds and no process takes.
CrashRun in_message(Scenario& t, const Object& q, std::int64_t bound) {
  const Actor main = t.root();
  CrashRun run{.q = q, .bound = bound, .put_by = {{"victim", 1}}, .unread = 1};
  static_cast<void>(main.spawn("survivor", {q}));
  static_cast<void>(main.spawn("victim", {q}).start(put(q, t.item("victim", 0, kLarger))));
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
  const Actor victim = main.spawn("victim", {q});
  const Actor writer = main.spawn("writer", {q});
  static_cast<void>(writer.start(put(q, t.item("writer", 0, kLarger))));
  t.eventually_boolean(main, empty(q), false);
  t.stop(writer);
  run.standing = "writer";
  run.pending = &victim.start(get(q));
  if (!t.ends_within(*run.pending, kWatched) && t.comes_to_wait(*run.pending)) return run;
  for_clause(kNothingWrong,
             [&] { t.expect_payload(*run.pending->answer, t.item("writer", 0, kLarger)); });
  throw Unsupported{"its transport takes 4 MiB at once: no process is in the middle of an item"};
}

CrashRun reader_in_message(Scenario& t) { return reader_in(t, t.root().queue(2), 2); }
CrashRun simple_reader_in_message(Scenario& t) { return reader_in(t, t.root().simple_queue(), 0); }

// Another process is in the middle of an item, so that what the victim puts waits in its
// buffer.
CrashRun buffered(Scenario& t, const Object& q) {
  const Actor main = t.root();
  CrashRun run{
      .q = q, .bound = 4, .put_by = {{"root", 1}, {"writer", 1}, {"victim", 2}}, .unread = 2};
  const Actor survivor = main.spawn("survivor", {q});
  const Actor victim = main.spawn("victim", {q});
  // The survivors have used the queue before, so that no first use repairs anything later.
  main.ok(put(q, t.item("root", 0)));
  run.obtained = {{.by = "survivor", .answers = {survivor.ok(get(q))}}};
  if (q.type == ObjectType::kJoinableQueue) survivor.ok(task_done(q));
  static_cast<void>(main.spawn("writer", {q}).start(put(q, t.item("writer", 0, kLarger))));
  t.eventually_boolean(main, empty(q), false);
  for (std::int64_t i = 0; i < 2; ++i) victim.ok(put(q, t.item("victim", i)));
  return run;
}

CrashRun before_flush(Scenario& t) { return buffered(t, t.root().queue(4)); }
CrashRun tasks_before_flush(Scenario& t) { return buffered(t, t.root().joinable_queue(4)); }

CrashRun before_task_done(Scenario& t) {
  const Actor main = t.root();
  CrashRun run{.q = main.joinable_queue(3), .bound = 3, .put_by = {{"root", 1}}};
  static_cast<void>(main.spawn("survivor", {run.q}));
  main.ok(put(run.q, t.item("root", 0)));
  const Answer got = main.spawn("victim", {run.q}).ok(get(run.q));
  run.obtained = {{.by = "victim", .answers = {got}}};
  return run;
}

CrashRun joiner(Scenario& t) {
  const Actor main = t.root();
  CrashRun run{.q = main.joinable_queue(3), .bound = 3, .put_by = {{"root", 1}}};
  static_cast<void>(main.spawn("survivor", {run.q}));
  const Actor victim = main.spawn("victim", {run.q});
  main.ok(put(run.q, t.item("root", 0)));
  t.expect_waits(victim.start(join(run.q)), "for a task");
  return run;
}

// The creator of the queue is the parent of those that use it, too.
CrashRun creator(Scenario& t) {
  const Actor victim = t.root().spawn("victim", {});
  CrashRun run{.q = victim.queue(3), .putter = "putter", .bound = 3, .put_by = {{"putter", 1}}};
  const Actor putter = victim.spawn("putter", {run.q});
  static_cast<void>(victim.spawn("survivor", {run.q}));
  putter.ok(put(run.q, t.item("putter", 0)));
  t.eventually_boolean(putter, empty(run.q), false);
  return run;
}

CrashRun parent(Scenario& t) {
  const Actor main = t.root();
  CrashRun run{.q = main.queue(3), .putter = "survivor", .getter = "root", .bound = 3};
  static_cast<void>(main.spawn("victim", {run.q}).spawn("survivor", {run.q}));
  return run;
}

constexpr CrashPoint kCrashPoints[] = {
    {"failure.moment.holder-idle", holder_idle},
    {"failure.moment.getter-alone", getter_alone},
    {"failure.moment.getter-before-others", getter_before_others},
    {"failure.moment.simple-getter", simple_getter},
    {"failure.moment.putter-at-full", putter_at_full},
    {"failure.moment.feeder-in-message", feeder_in_message},
    {"failure.moment.writer-in-message", writer_in_message},
    {"failure.moment.reader-in-message", reader_in_message},
    {"failure.moment.simple-reader-in-message", simple_reader_in_message},
    {"failure.moment.before-flush", before_flush},
    {"failure.moment.tasks-before-flush", tasks_before_flush},
    {"failure.moment.before-task-done", before_task_done, true},
    {"failure.moment.joiner", joiner},
    {"failure.moment.creator", creator},
    {"failure.moment.parent", parent},
};

}  // namespace

std::string CrashPoint::name() const {
  const std::string id = clause;
  return id.substr(id.rfind('.') + 1);
}

std::span<const CrashPoint> crash_points() { return kCrashPoints; }

Aftermath after(Scenario& t, const CrashPoint& point, Interruption how, Nanoseconds enough) {
  CrashRun run = point.reach(t);
  interrupt(t, run, how);
  return look(t, run, kNothingWrong, enough);
}

}  // namespace psq::conformance
