// spec/failure.md, failure.kill.*
#include <algorithm>

#include "clauses/failure/in_message.h"
#include "suite/flow.h"
#include "suite/kinds.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

bool gets_obtain(Scenario& t, const std::function<bool()>& held, const Call& gets) {
  return t.happens(held, "nothing more came", [&] { return gets.events.size(); });
}

// Whether survivors obtain what is put after the kill.
bool survivors_go_on(Scenario& t, const Object& q, const Call& gets) {
  static_cast<void>(t.root().start(put(q, t.item("later", 0)).by("later")));
  const auto comes = [](const Answer& answer) {
    return answer.item() != nullptr && answer.item()->from == "later";
  };
  return gets_obtain(
      t, [&] { return std::ranges::any_of(gets.events, comes); }, gets);
}

// Every item of a simple queue whose put had returned comes, as far as survivors obtain items: a
// lock that died with the producer may keep all from them. When they obtain a later one, they have
// obtained all before it.
void expect_returned_come(Scenario& t, const Object& q, const Call& gets, const Call& puts) {
  const auto all = [&] { return gets.events.size() >= puts.events.size(); };
  if (gets_obtain(t, all, gets)) return;
  const std::size_t came = gets.events.size();
  t.expect_true(!survivors_go_on(t, q, gets), "every item whose put had returned",
                std::to_string(came) + " of " + std::to_string(puts.events.size()) +
                    ", and then one that was put later");
}

// Kills a producer in the middle of its puts, at another point in each round, while `main` takes
// what comes. Returns whether the kill came before the last item.
bool producer_killed(Scenario& t, QueueKind kind, std::int64_t size, int at, std::int64_t items) {
  const Actor main = t.root();
  const Object q = make(main, kind);
  const Actor producer = main.spawn("producer", {q});
  Call& gets = main.start(get_many(q, items).by("consumer"));
  Call& puts = producer.start(put_many(t, q, "producer", items, size));
  expect_arrival(t, {&gets}, [&] {
    return gets.events.size() >= static_cast<std::size_t>(at) || gets.answer.has_value();
  });
  t.kill(producer);
  const bool in_time = !gets.answer && (kind != QueueKind::kSimple ||
                                        puts.events.size() < static_cast<std::size_t>(items));
  // Whether the consumer then waits for ever is not the question; a simple queue's items are there
  // by now.
  if (kind == QueueKind::kSimple) expect_returned_come(t, q, gets, puts);
  until_quiet(t, gets);
  expect_prefix(t, "producer", obtained_so_far(t, gets).answers);
  return in_time;
}

// A list of puts beside or after a kill. A clause that says what is obtained is kept by a put that
// waits for ever, as by a get: where both ends have one lock, the victim may have held it.
void until_put(Scenario& t, Call& puts) {
  until_quiet(t, puts);
  for (const Answer& answer : puts.events) t.expect(answer, Outcome::kOk);
}

// Kills a consumer that has obtained `at` items or a few more, beside another one. Returns whether
// the kill came before the last item.
bool consumer_killed(Scenario& t, std::size_t at, std::int64_t items) {
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor victim = main.spawn("victim", {q});
  const Actor survivor = main.spawn("survivor", {q});
  Call& lost = victim.start(get_many(q, items));
  Call& kept = survivor.start(get_many(q, items));
  Call& puts = main.start(put_many(t, q, "main", items));
  const auto all_obtained = [&] {
    return kept.events.size() + lost.events.size() >= static_cast<std::size_t>(items);
  };
  expect_arrival(t, {&lost, &kept}, [&] { return lost.events.size() >= at || all_obtained(); });
  t.kill(victim);
  const bool in_time = !all_obtained();
  until_put(t, puts);
  until_quiet(t, kept);
  const std::vector<Obtained> obtained{obtained_so_far(t, lost), obtained_so_far(t, kept)};
  expect_at_most_once(t, {{"main", items}}, obtained);
  expect_producer_order(t, obtained);
  return in_time;
}

void what_arrives(Scenario& t, QueueKind kind) {
  for (const std::int64_t size : {0, 3000, 20000, 200000}) {
    for (const int at : {1, 17, 60}) {
      until_in_time(t, 3000,
                    [&](std::int64_t items) { return producer_killed(t, kind, size, at, items); });
    }
  }
}

constexpr auto kWhile = 300ms;

// Shows by one get how the survivors fare.
std::string fares(Scenario& t, Call& getting) {
  if (!t.ends_within_fairly(getting, t.patient(4 * kWhile))) return "survivors wait for ever";
  t.expect_one_of(*getting.answer, {Outcome::kOk, Outcome::kEmpty, Outcome::kCorrupted});
  if (getting.answer->outcome == Outcome::kOk) return "survivors go on";
  return getting.answer->outcome == Outcome::kEmpty ? "survivors find nothing"
                                                    : "survivors are told";
}

Object with_killed_getter(Scenario& t, const Actor& main, QueueKind kind) {
  const Object q = make(main, kind);
  const Actor victim = main.spawn("victim", {q});
  Call& waiting = victim.start(get(q));
  t.expect_waits(waiting, "for an item");
  t.kill(victim);
  return q;
}

void waiting_getter(Scenario& t, QueueKind kind) {
  constexpr std::int64_t kItems = 20;
  const Actor main = t.root();
  const Object q = with_killed_getter(t, main, kind);
  const Actor survivor = main.spawn("survivor", {q});
  Call& gets = survivor.start(get_many(q, kItems));
  until_put(t, main.start(put_many(t, q, "main", kItems)));
  until_quiet(t, gets);
  expect_prefix(t, "main", obtained_so_far(t, gets).answers);
}

// The producer stands still in the middle of its item, so that its reader is in the middle as well.
void reader_in_message(Scenario& t, QueueKind kind) {
  const Actor main = t.root();
  const Object q = make(main, kind);
  const Actor survivor = main.spawn("survivor", {q});
  const Actor victim = main.spawn("victim", {q});
  const Actor producer = in_large_message(t, main, q);
  t.stop(producer);
  Call& reading = victim.start(get(q));
  std::vector<Obtained> all;
  if (t.ends_within(reading, kWhile))  // then the transport is as large as the item
    all.push_back({.by = "victim", .answers = {*reading.answer}});
  t.kill(victim);
  t.resume(producer);
  Call& gets = survivor.start(get_many(q, 10));
  static_cast<void>(main.start(put_many(t, q, "main", 5).by("putter")));
  until_quiet(t, gets);
  const Obtained obtained = obtained_so_far(t, gets);
  all.push_back(obtained);
  expect_at_most_once(t, {{"producer", 4}, {"main", 5}}, all);
  expect_prefix(t, "main", obtained.answers);
}

const Tests kKillTests{[](const Define& test) {
  test("failure.kill.idle-holder-harmless", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue(3);
    const Actor idle = main.spawn("idle", {q});
    const Actor other = main.spawn("other", {q});
    for (std::int64_t i = 0; i < 2; ++i) idle.ok(put(q, t.item("idle", i)));
    t.expect_payload(main.call(get(q)), t.item("idle", 0));
    t.eventually_boolean(main, empty(q), false);
    t.kill(idle);
    t.expect_payload(other.call(get(q)), t.item("idle", 1));
    for (std::int64_t i = 0; i < 3; ++i) {
      t.expect(other.call(put(q, t.item("other", i), kNoWait)), Outcome::kOk,
               "every slot can be used");
    }
    for (std::int64_t i = 0; i < 3; ++i) t.expect_payload(main.call(get(q)), t.item("other", i));
    t.expect(main.call(get(q, within(30ms))), Outcome::kEmpty, "nothing twice");
  });

  test("failure.kill.what-arrives-is-whole",
       [](Scenario& t) { what_arrives(t, QueueKind::kQueue); });

  test("failure.kill.what-arrives-is-whole/in-message",
       [](Scenario& t) { writer_ends_in_message(t, QueueKind::kQueue, false); });

  test("failure.kill.consumer-no-duplicate", [](Scenario& t) {
    for (const std::size_t at : {3, 40, 200}) {
      until_in_time(t, 2000, [&](std::int64_t items) { return consumer_killed(t, at, items); });
    }
  });

  test("failure.kill.simple-queue-what-arrives-is-whole",
       [](Scenario& t) { what_arrives(t, QueueKind::kSimple); });

  test("failure.kill.simple-queue-what-arrives-is-whole/in-message",
       [](Scenario& t) { writer_ends_in_message(t, QueueKind::kSimple, false); });

  test("failure.kill.pipe-end-of-stream", [](Scenario& t) {
    const Actor main = t.root();
    const auto ends = main.pipe(false);
    const Actor writer = main.spawn("writer", {ends.second});
    main.ok(close(ends.second));
    for (std::int64_t i = 0; i < 20; ++i) writer.ok(send(ends.second, t.item("writer", i)));
    t.kill(writer);
    for (std::int64_t i = 0; i < 20; ++i)
      t.expect_payload(main.call(recv(ends.first)), t.item("writer", i));
    t.expect(main.call(recv(ends.first)), Outcome::kEndOfStream, "its only writer was killed");
  });

  test("failure.kill.pipe-broken", [](Scenario& t) {
    const Actor main = t.root();
    const auto ends = main.pipe(false);
    const Actor reader = main.spawn("reader", {ends.first});
    main.ok(close(ends.first));
    Call& sending = main.start(send(ends.second, t.item("main", 0, 4 << 20)).by("sender"));
    const bool waits = t.comes_to_wait(sending);  // not in a pipe that has room for all of it
    t.kill(reader);
    t.expect(t.finish(sending), waits ? Outcome::kBrokenPipe : Outcome::kOk,
             "its only reader was killed");
    t.expect(main.call(send(ends.second, t.item("main", 1))), Outcome::kBrokenPipe,
             "its only reader was killed");
  });

  test("failure.kill.waiting-putter-harmless", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue(2);
    const Actor putter = main.spawn("putter", {q});
    const Actor other = main.spawn("other", {q});
    for (std::int64_t i = 0; i < 2; ++i) main.ok(put(q, t.item("main", i)));
    Call& waiting = putter.start(put(q, t.item("putter", 0)));
    t.expect_waits(waiting, "for a slot");
    t.kill(putter);
    for (std::int64_t i = 0; i < 2; ++i) t.expect_payload(main.call(get(q)), t.item("main", i));
    for (std::int64_t i = 0; i < 2; ++i) {
      t.expect(other.call(put(q, t.item("other", i), kNoWait)), Outcome::kOk,
               "each slot that a get freed can be used");
    }
    for (std::int64_t i = 0; i < 2; ++i) t.expect_payload(main.call(get(q)), t.item("other", i));
    t.expect(main.call(get(q, within(30ms))), Outcome::kEmpty,
             "the item of the killed put is never obtained");
  });

  test("failure.kill.waiting-getter-loses-nothing/queue",
       [](Scenario& t) { waiting_getter(t, QueueKind::kQueue); });

  test("failure.kill.waiting-getter-loses-nothing/simple",
       [](Scenario& t) { waiting_getter(t, QueueKind::kSimple); });

  test("failure.kill.waiting-getter-others", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = with_killed_getter(t, main, QueueKind::kQueue);
    main.ok(put(q, t.item("main", 0)));
    t.observe("failure.kill.waiting-getter-others", fares(t, main.start(get(q, within(kWhile)))));
  });

  test("failure.kill.reader-in-message/queue",
       [](Scenario& t) { reader_in_message(t, QueueKind::kQueue); });

  test("failure.kill.reader-in-message/simple",
       [](Scenario& t) { reader_in_message(t, QueueKind::kSimple); });

  test("failure.kill.writer-in-message-others", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor survivor = main.spawn("survivor", {q});
    t.kill(in_large_message(t, main, q));
    main.ok(put(q, t.item("main", 0)));
    t.observe("failure.kill.writer-in-message-others",
              fares(t, survivor.start(get(q, within(kWhile)))));
  });

  test("failure.kill.joiner-others", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.joinable_queue();
    const Actor victim = main.spawn("victim", {q});
    main.ok(put(q, t.item("main", 0)));
    Call& waiting = victim.start(join(q));
    t.expect_waits(waiting, "for a task");
    t.kill(victim);
    Call& last = main.start(task_done(q).by("worker"));
    const bool ended = t.ends_within_fairly(last, t.patient(2 * kWhile));
    t.observe("failure.kill.joiner-others",
              ended ? "survivors go on" : "the last task_done waits for ever");
    if (!ended) return;
    t.expect(t.finish(last), Outcome::kOk);
    t.expect(main.call(join(q)), Outcome::kOk, "every task is done");
  });

  test("failure.kill.task-remains", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.joinable_queue();
    const Actor victim = main.spawn("victim", {q});
    const Actor worker = main.spawn("worker", {q});
    main.ok(put(q, t.item("main", 0)));
    main.ok(put(q, t.item("main", 1)));
    victim.ok(get(q));
    t.kill(victim);
    t.expect_payload(worker.call(get(q)), t.item("main", 1));
    worker.ok(task_done(q));
    Call& joining = main.start(join(q).by("joiner"));
    t.expect_waits(joining, "for the task of the killed worker");
    t.expect(main.call(task_done(q)), Outcome::kOk, "another process did it instead");
    t.expect(t.finish(joining), Outcome::kOk, "every task is done");
  });

  test("failure.kill.other-objects-unharmed", [](Scenario& t) {
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
        t.expect(main.call(put(each, t.item("main", i))), Outcome::kOk,
                 "no process was killed in it");
        t.expect_payload(other.call(get(each)), t.item("main", i));
      }
      other.ok(task_done(joinable));
      t.expect(main.call(join(joinable)), Outcome::kOk, "every task is done");
    }
  });

  // One writer is in the middle of its item when another one that wants to write is killed.
  test("failure.kill.waiting-writer-harmless", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.simple_queue();
    const Actor writer = main.spawn("writer", {q});
    const Actor victim = main.spawn("victim", {q});
    Call& putting = writer.start(put(q, t.item("writer", 0, kLarger)));
    t.eventually_boolean(main, empty(q), false);
    Call& waiting = victim.start(put(q, t.item("victim", 0)));
    // Shown at the end as well: one that has no processor may have put its item, and not yet ended.
    const bool waits =
        t.comes_to_wait(waiting) && !t.ends_within(waiting, kWhile) && t.comes_to_wait(waiting);
    if (!waits) {  // then no put waits here
      t.expect_payload(main.call(get(q)), t.item("writer", 0, kLarger));
      t.expect_payload(main.call(get(q)), t.item("victim", 0));
      return;
    }
    t.kill(victim);
    t.expect_payload(main.call(get(q)), t.item("writer", 0, kLarger));
    t.expect(t.finish(putting), Outcome::kOk, "a consumer took it");
    for (std::int64_t i = 1; i < 4; ++i) {
      t.expect(writer.call(put(q, t.item("writer", i))), Outcome::kOk,
               "no other put is in the way");
      t.expect_payload(main.call(get(q)), t.item("writer", i));
    }
    t.expect_boolean(main.call(empty(q)), true, "the item of the killed put is never obtained");
  });

  test("failure.kill.getter-behind-harmless", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor first = main.spawn("first", {q});
    const Actor victim = main.spawn("victim", {q});
    Call& getting = first.start(get(q));
    t.expect_waits(getting, "for an item");
    Call& behind = victim.start(get(q));
    t.expect_waits(behind, "for an item, or behind the other get");
    t.kill(victim);
    main.ok(put(q, t.item("main", 0)));
    t.expect_payload(t.finish(getting), t.item("main", 0));
    for (std::int64_t i = 1; i < 10; ++i) {
      main.ok(put(q, t.item("main", i)));
      t.expect_payload(first.call(get(q)), t.item("main", i));
    }
  });

  test("failure.kill.unflushed-slots", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue(2);
    const Actor victim = main.spawn("victim", {q});
    const Actor survivor = main.spawn("survivor", {q});
    victim.ok(put(q, t.item("victim", 0, kLarger)));
    victim.ok(put(q, t.item("victim", 1)));
    t.eventually_boolean(main, empty(q), false);
    t.kill(victim);
    // A queue that can be repaired is repaired by a get.
    static_cast<void>(t.ends_within(survivor.start(get(q, within(kWhile))), 2 * kWhile));
    int free = 0;
    for (std::int64_t i = 0; i < 3; ++i) {
      const Answer answer = main.call(put(q, t.item("main", i), kNoWait));
      t.expect_one_of(answer, {Outcome::kOk, Outcome::kFull});
      free += answer.outcome == Outcome::kOk ? 1 : 0;
    }
    t.expect_true(free <= 2, "two slots at most", std::to_string(free));
    t.observe("failure.kill.unflushed-slots", std::to_string(free) + " of 2 slots come back");
  });
}};

}  // namespace
}  // namespace psq::conformance
