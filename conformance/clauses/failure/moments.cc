// spec/failure.md: kills at chosen moments, and what is left to the others
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

constexpr auto kWhile = 300ms;

Object make(const Actor& main, bool simple) { return simple ? main.simple_queue() : main.queue(); }

// A process that is in the middle of writing an item which nobody takes, behind three small ones.
Actor in_large_message(Scenario& t, const Actor& main, const Object& q) {
  const Actor producer = main.spawn("producer", {q});
  for (std::int64_t i = 0; i < 3; ++i) producer.ok(put(q, t.item("producer", i)));
  for (std::int64_t i = 0; i < 3; ++i) t.expect_payload(main.call(get(q)), t.item("producer", i));
  static_cast<void>(producer.start(put(q, t.item("producer", 3, kLarger))));
  t.eventually_boolean(main, empty(q), false);
  return producer;
}

// How it ends, and what of the large item the others then see.
void writer_in_message(Scenario& t, bool simple, bool terminated) {
  const Actor main = t.root();
  const Object q = make(main, simple);
  const Actor survivor = main.spawn("survivor", {q});
  const Actor producer = in_large_message(t, main, q);
  if (terminated) {
    main.ok(terminate("producer"));
    t.expect_end(producer);
  } else {
    t.kill(producer);
  }
  Call& gets = survivor.start(get_many(q, 10));
  static_cast<void>(main.start(put_many(t, q, "main", 5).by("putter")));
  until_quiet(t, gets);
  const Obtained obtained = obtained_so_far(t, gets);
  for (const Answer& answer : obtained.answers) {
    if (answer.item()->from != "producer") continue;
    t.expect_payload(answer, t.item("producer", 3, kLarger));
  }
  expect_at_most_once(t, {{"producer", 4}, {"main", 5}}, {obtained});
  expect_prefix(t, "main", obtained.answers);
}

void writer_killed_in_message(Scenario& t) { writer_in_message(t, false, false); }
void simple_writer_killed_in_message(Scenario& t) { writer_in_message(t, true, false); }
void writer_terminated_in_message(Scenario& t) { writer_in_message(t, false, true); }
void simple_writer_terminated_in_message(Scenario& t) { writer_in_message(t, true, true); }

// Terminated at some moment between its puts.
void producer_terminated(Scenario& t) {
  constexpr std::int64_t kItems = 3000;
  for (const std::size_t at : {1, 40}) {
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor producer = main.spawn("producer", {q});
    Call& gets = main.start(get_many(q, kItems).by("consumer"));
    static_cast<void>(producer.start(put_many(t, q, "producer", kItems, 3000)));
    const auto reached = [&] { return gets.events.size() >= at; };
    t.expect_true(t.session().wait_until(reached, t.hang_bound()), "items arrive",
                  std::to_string(gets.events.size()) + " items");
    main.ok(terminate("producer"));
    t.expect_end(producer);
    until_quiet(t, gets);
    expect_prefix(t, "producer", obtained_so_far(t, gets).answers);
    t.restart();
  }
}

// Shows how the others fare by one get.
std::string fares(Scenario& t, Call& getting) {
  if (!t.ends_within(getting, 4 * kWhile)) return "the others wait for ever";
  t.expect_one_of(*getting.answer, {Outcome::kOk, Outcome::kEmpty, Outcome::kCorrupted});
  if (getting.answer->outcome == Outcome::kOk) return "the others go on";
  return getting.answer->outcome == Outcome::kEmpty ? "the others find nothing"
                                                    : "the others are told";
}

void after_writer_in_message(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor survivor = main.spawn("survivor", {q});
  t.kill(in_large_message(t, main, q));
  main.ok(put(q, t.item("main", 0)));
  t.observe("failure.kill.writer-in-message-others",
            fares(t, survivor.start(get(q, within(kWhile)))));
}

Object with_killed_getter(Scenario& t, const Actor& main, bool simple) {
  const Object q = make(main, simple);
  const Actor doomed = main.spawn("doomed", {q});
  Call& waiting = doomed.start(get(q));
  t.expect_waits(waiting, "for an item");
  t.kill(doomed);
  return q;
}

void waiting_getter(Scenario& t, bool simple) {
  constexpr std::int64_t kItems = 20;
  const Actor main = t.root();
  const Object q = with_killed_getter(t, main, simple);
  const Actor survivor = main.spawn("survivor", {q});
  Call& gets = survivor.start(get_many(q, kItems));
  t.expect(t.finish(main.start(put_many(t, q, "main", kItems))), Outcome::kOk);
  until_quiet(t, gets);
  expect_prefix(t, "main", obtained_so_far(t, gets).answers);
}

void waiting_getter_of_queue(Scenario& t) { waiting_getter(t, false); }
void waiting_getter_of_simple_queue(Scenario& t) { waiting_getter(t, true); }

void after_waiting_getter(Scenario& t) {
  const Actor main = t.root();
  const Object q = with_killed_getter(t, main, false);
  main.ok(put(q, t.item("main", 0)));
  t.observe("failure.kill.waiting-getter-others", fares(t, main.start(get(q, within(kWhile)))));
}

// The producer stands still in the middle of its item, so that its reader is in the middle as well.
void reader_in_message(Scenario& t, bool simple) {
  const Actor main = t.root();
  const Object q = make(main, simple);
  const Actor survivor = main.spawn("survivor", {q});
  const Actor doomed = main.spawn("doomed", {q});
  const Actor producer = in_large_message(t, main, q);
  t.stop(producer);
  Call& reading = doomed.start(get(q));
  std::vector<Obtained> all;
  if (t.ends_within(reading, kWhile))  // then the transport is as large as the item
    all.push_back({.by = "doomed", .answers = {*reading.answer}});
  t.kill(doomed);
  t.resume(producer);
  Call& gets = survivor.start(get_many(q, 10));
  static_cast<void>(main.start(put_many(t, q, "main", 5).by("putter")));
  until_quiet(t, gets);
  const Obtained obtained = obtained_so_far(t, gets);
  all.push_back(obtained);
  expect_at_most_once(t, {{"producer", 4}, {"main", 5}}, all);
  expect_prefix(t, "main", obtained.answers);
}

void reader_of_queue_in_message(Scenario& t) { reader_in_message(t, false); }
void reader_of_simple_queue_in_message(Scenario& t) { reader_in_message(t, true); }

void joiner(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.joinable_queue();
  const Actor doomed = main.spawn("doomed", {q});
  main.ok(put(q, t.item("main", 0)));
  Call& waiting = doomed.start(join(q));
  t.expect_waits(waiting, "for a task");
  t.kill(doomed);
  Call& last = main.start(task_done(q).by("worker"));
  const bool ended = t.ends_within(last, 2 * kWhile);
  t.observe("failure.kill.joiner-others",
            ended ? "the others go on" : "the last task_done waits for ever");
  if (!ended) return;
  t.expect(t.finish(last), Outcome::kOk);
  t.expect(main.call(join(q)), Outcome::kOk, "every task is done");
}

void task_remains(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.joinable_queue();
  const Actor doomed = main.spawn("doomed", {q});
  const Actor worker = main.spawn("worker", {q});
  main.ok(put(q, t.item("main", 0)));
  main.ok(put(q, t.item("main", 1)));
  doomed.ok(get(q));
  t.kill(doomed);
  t.expect_payload(worker.call(get(q)), t.item("main", 1));
  worker.ok(task_done(q));
  Call& joining = main.start(join(q).by("joiner"));
  t.expect_waits(joining, "for the task of the killed worker");
  t.expect(main.call(task_done(q)), Outcome::kOk, "somebody did it in its place");
  t.expect(t.finish(joining), Outcome::kOk, "every task is done");
}

void other_objects(Scenario& t) {
  const Actor main = t.root();
  const Object used = main.simple_queue("used");
  const Object queue = main.queue(1, "queue");
  const Object simple = main.simple_queue("simple");
  const Object joinable = main.joinable_queue(1, "joinable");
  const Actor other = main.spawn("other", {queue, simple, joinable});
  const Actor writer = main.spawn("writer", {used, queue, simple, joinable});
  const Actor reader = main.spawn("reader", {used, queue, simple, joinable});
  Call& putting = writer.start(put(used, t.item("writer", 0, kLarger)));
  t.eventually_boolean(main, empty(used), false);
  static_cast<void>(t.ends_within(putting, kWhile));
  t.kill(writer);
  static_cast<void>(reader.start(get(used)));
  t.kill(reader);
  for (std::int64_t i = 0; i < 3; ++i) {
    for (const Object& each : {queue, simple, joinable}) {
      t.expect(main.call(put(each, t.item("main", i))), Outcome::kOk, "nobody was killed in it");
      t.expect_payload(other.call(get(each)), t.item("main", i));
    }
    other.ok(task_done(joinable));
    t.expect(main.call(join(joinable)), Outcome::kOk, "every task is done");
  }
}

const Tests kTests{
    {{"failure.kill.what-arrives-is-whole"}, writer_killed_in_message, "in_message"},
    {{"failure.kill.simple-queue-what-arrives-is-whole"},
     simple_writer_killed_in_message,
     "in_message"},
    {{"failure.terminate.what-arrives-is-whole"}, writer_terminated_in_message, "in_message"},
    {{"failure.terminate.what-arrives-is-whole"},
     simple_writer_terminated_in_message,
     "simple_in_message"},
    {{"failure.terminate.what-arrives-is-whole"}, producer_terminated, "between"},
    {{"failure.kill.writer-in-message-others"}, after_writer_in_message},
    {{"failure.kill.waiting-getter-loses-nothing"}, waiting_getter_of_queue, "queue"},
    {{"failure.kill.waiting-getter-loses-nothing"}, waiting_getter_of_simple_queue, "simple"},
    {{"failure.kill.waiting-getter-others"}, after_waiting_getter},
    {{"failure.kill.reader-in-message"}, reader_of_queue_in_message, "queue"},
    {{"failure.kill.reader-in-message"}, reader_of_simple_queue_in_message, "simple"},
    {{"failure.kill.joiner-others"}, joiner},
    {{"failure.kill.task-remains"}, task_remains},
    {{"failure.kill.other-objects-unharmed"}, other_objects},
};

}  // namespace
}  // namespace psq::conformance
