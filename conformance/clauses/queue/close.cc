// spec/queue.md, queue.close.*
#include "clauses/shared/items.h"
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

std::string one_word(const Answer& answer) {
  return answer.outcome == Outcome::kOk ? "answers" : std::string{to_string(answer.outcome)};
}

// What another thread of the process that closes is waiting in.
void waiting_call(Scenario& t, const std::string& clause, std::int64_t maxsize,
                  const std::function<Request(const Object&)>& ask) {
  const Actor main = t.root();
  const Object q = main.queue(maxsize);
  const Actor closing = main.spawn("closing", {q});
  if (maxsize > 0) main.ok(put(q, t.item("main", 0)));
  Call& waits = closing.start(ask(q).by("waiting"));
  t.expect_waits(waits, "for a slot or an item");
  closing.ok(close(q));
  if (!t.ends_within(waits, 400ms)) {
    t.observe(clause, "waits on");
    return;
  }
  t.expect_one_of(*waits.answer,
                  {Outcome::kClosed, Outcome::kRaised, Outcome::kEmpty, Outcome::kFull},
                  "an error; nothing was put or freed");
  t.observe(clause, "ends as " + one_word(*waits.answer));
}

// What is obtained until the producer has ended and nothing is left.
std::vector<Answer> all_until_end(Scenario& t, const Actor& consumer, const Actor& producer,
                                  const Object& q) {
  constexpr std::int64_t kMany = 1'000'000;
  const Request until_empty = run({get(q, within(50ms)).repeated(kMany)}).stopping_on_error();
  std::vector<Answer> all;
  while (true) {
    const bool has_ended = t.session().peer(producer.name()).dead;
    Call& gets = consumer.start(until_empty);
    t.expect(t.finish(gets), Outcome::kOk, "the list ends with the last item");
    t.expect(gets.events.back(), Outcome::kEmpty, "items, and then nothing");
    const Obtained obtained = obtained_so_far(t, gets);
    all.insert(all.end(), obtained.answers.begin(), obtained.answers.end());
    if (has_ended) return all;
  }
}

void expect_closed_beside(Scenario& t, const std::vector<Answer>& puts, const Answer& closed,
                          std::int64_t obtained) {
  std::int64_t before = 0;
  std::int64_t accepted = 0;
  for (const Answer& answer : puts) {
    t.expect_one_of(answer, {Outcome::kOk, Outcome::kClosed}, "a put beside a close");
    if (answer.invoked > closed.returned) t.expect(answer, Outcome::kClosed, "it is closed");
    if (answer.outcome == Outcome::kOk) ++accepted;
    if (answer.outcome == Outcome::kOk && answer.returned < closed.invoked) ++before;
  }
  t.expect_true(before <= obtained && obtained <= accepted,
                "the " + std::to_string(before) + " items put before the close, and no more than " +
                    "the " + std::to_string(accepted) + " that were accepted",
                std::to_string(obtained) + " items");
}

const Tests kCloseTests{[](const Define& test) {
  test("queue.close.put-closed", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue(1);
    const Object never_used = main.queue(0, "never_used");
    main.ok(put(q, t.item("main", 0)));
    for (const Object& each : {q, never_used}) {
      main.ok(close(each));
      for (const Wait& wait : {kForever, kNoWait, within(kLong)}) {
        t.expect_prompt(0ms, [&] {
          const Answer answer = main.call(put(each, t.item("main", 1), wait));
          t.expect(answer, Outcome::kClosed, "this process closed it");
          return answer;
        });
      }
    }
  });

  test("queue.close.put-closed/unserializable", [](Scenario& t) {
    t.needs_option("item.fail_serialize");
    const Actor main = t.root();
    const Object q = main.queue();
    main.ok(close(q));
    t.expect(main.call(put(q, failing_item(t, "failing", 0, "serialize"))), Outcome::kClosed,
             "this process closed it");
  });

  test("queue.close.get-closed", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue();
    const Object never_used = main.queue(0, "never_used");
    main.ok(put(q, t.item("main", 0)));
    t.eventually_boolean(main, empty(q), false);
    for (const Object& each : {q, never_used}) {
      main.ok(close(each));
      for (const Wait& wait : {kForever, kNoWait, within(kLong)}) {
        t.expect_prompt(0ms, [&] {
          const Answer answer = main.call(get(each, wait));
          t.expect(answer, Outcome::kClosed, "this process closed it");
          return answer;
        });
      }
    }
  });

  test("queue.close.idempotent", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue(2);
    const Actor other = main.spawn("other", {q});
    main.ok(put(q, t.item("main", 0)));
    for (int i = 0; i < 3; ++i) {
      t.expect(main.call(close(q)), Outcome::kOk, "close again");
      t.expect(main.call(put(q, t.item("main", 1))), Outcome::kClosed, "still closed");
      t.expect_number(other.call(qsize(q)), 1, "close changes nothing");
    }
    t.expect_payload(other.call(get(q)), t.item("main", 0));
    t.expect(other.call(get(q, within(30ms))), Outcome::kEmpty, "one item was put");
  });

  test("queue.close.all-threads", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor closing = main.spawn("closing", {q});
    closing.ok(put(q, t.item("closing", 0)).by("one"));
    closing.ok(close(q).by("two"));
    for (const std::string thread : {"main", "one", "two"}) {
      t.expect(closing.call(put(q, t.item("closing", 1)).by(thread)), Outcome::kClosed,
               "another thread of this process closed it");
      t.expect(closing.call(get(q, kNoWait).by(thread)), Outcome::kClosed,
               "another thread of this process closed it");
    }
    t.expect_payload(main.call(get(q)), t.item("closing", 0));
  });

  test("queue.close.local", [](Scenario& t) { close_is_local(t, QueueKind::kQueue); });

  // The first item is more than transports hold: what follows is still in the buffer at the close.
  test("queue.close.flushes", [](Scenario& t) {
    constexpr std::int64_t kItems = 200;
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor producer = main.spawn("producer", {q});
    producer.ok(put(q, t.item("large", 0, 4 << 20)));
    t.eventually_boolean(main, empty(q), false);
    producer.ok(put_many(t, q, "small", kItems));
    producer.ok(close(q));
    const Obtained obtained = all_obtained(t, main.start(get_many(q, kItems + 1)));
    expect_exactly_once(t, {{"large", 1}, {"small", kItems}}, {obtained});
    expect_producer_order(t, {obtained});
  });

  test("queue.close.state", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue(2);
    const Actor other = main.spawn("other", {q});
    main.ok(put(q, t.item("main", 0)));
    t.eventually_boolean(other, empty(q), false);
    main.ok(close(q));
    main.ok(join_thread(q));
    std::string seen;
    for (const Request& request : {qsize(q), full(q), empty(q)}) {
      const Answer answer = main.call(request);
      t.expect_one_of(answer, {Outcome::kOk, Outcome::kClosed, Outcome::kRaised},
                      "an answer or an error");
      seen += (seen.empty() ? "" : ", ") + std::string{to_string(request.operation)} + ": " +
              one_word(answer);
      if (answer.outcome != Outcome::kOk) continue;
      if (request.operation == Operation::kQsize)
        t.expect_number(answer, 1, "an answer has to be right");
      if (request.operation != Operation::kQsize)
        t.expect_boolean(answer, false, "an answer has to be right");
    }
    t.observe("queue.close.state", seen);
    t.expect_payload(other.call(get(q)), t.item("main", 0));
  });

  // At the time of the close some items are in the buffer, some in the transport, some obtained.
  test("queue.close.beside-puts", [](Scenario& t) {
    constexpr std::int64_t kPuts = 800;
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor closing = main.spawn("closing", {q});
    Call& puts = closing.start(put_many(t, q, "closing", kPuts).by("putter"));
    expect_arrival(t, {&puts}, [&] { return puts.events.size() >= kPuts / 10; });
    const Answer closed = closing.ok(close(q));
    t.expect(t.finish(puts), Outcome::kOk, "the list of puts ends");
    Call& ending = closing.start(end_by(Ending::kReturn));
    t.expect(t.finish(ending), Outcome::kOk);
    const auto obtained = all_until_end(t, main, closing, q);
    expect_prefix(t, "closing", obtained);
    expect_closed_beside(t, puts.events, closed, static_cast<std::int64_t>(obtained.size()));
  });

  test("queue.close.waiting-get", [](Scenario& t) {
    waiting_call(t, "queue.close.waiting-get", 0, [](const Object& q) { return get(q); });
  });

  test("queue.close.waiting-put", [](Scenario& t) {
    waiting_call(t, "queue.close.waiting-put", 1,
                 [&](const Object& q) { return put(q, t.item("closing", 0)); });
  });
}};

}  // namespace
}  // namespace psq::conformance
