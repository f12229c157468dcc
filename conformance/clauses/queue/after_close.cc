// spec/queue.md: threads and other operations around close, and join_thread and its cancelling
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

void all_threads(Scenario& t) {
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
}

std::string one_word(const Answer& answer) {
  return answer.outcome == Outcome::kOk ? "answers" : std::string{to_string(answer.outcome)};
}

void state(Scenario& t) {
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
    seen += (seen.empty() ? "" : ", ") + request.verb + ": " + one_word(answer);
    if (answer.outcome != Outcome::kOk) continue;
    if (request.verb == "qsize") t.expect_number(answer, 1, "an answer has to be right");
    if (request.verb != "qsize") t.expect_boolean(answer, false, "an answer has to be right");
  }
  t.observe("queue.close.state", seen);
  t.expect_payload(other.call(get(q)), t.item("main", 0));
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
void waiting_get(Scenario& t) {
  waiting_call(t, "queue.close.waiting-get", 0, [](const Object& q) { return get(q); });
}
void waiting_put(Scenario& t) {
  waiting_call(t, "queue.close.waiting-put", 1,
               [&](const Object& q) { return put(q, t.item("closing", 0)); });
}

void nothing_put(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor other = main.spawn("other", {q});
  main.ok(put(q, t.item("main", 0)));
  t.expect_payload(other.call(get(q)), t.item("main", 0));
  other.ok(close(q));
  t.expect(other.call(join_thread(q)), Outcome::kOk, "this process put nothing");
}

void repeatable(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor producer = main.spawn("producer", {q});
  producer.ok(put(q, t.item("producer", 0)));
  producer.ok(close(q));
  for (int i = 0; i < 3; ++i) {
    t.expect(producer.call(join_thread(q)), Outcome::kOk, "all is flushed");
  }
  t.expect(producer.call(join_thread(q).by("other")), Outcome::kOk, "all is flushed");
  t.expect_payload(main.call(get(q)), t.item("producer", 0));
}

enum class Cancel { kBeforePut, kAfterPut, kAfterClose };

Actor cancelled(Scenario& t, const Object& q, Cancel when) {
  const Actor producer = t.root().spawn("producer", {q});
  if (when == Cancel::kBeforePut) producer.ok(cancel_join_thread(q));
  producer.ok(put_many(t, q, "producer", 6, kMegabyte));
  if (when == Cancel::kAfterPut) producer.ok(cancel_join_thread(q));
  producer.ok(close(q));
  if (when == Cancel::kAfterClose) producer.ok(cancel_join_thread(q));
  return producer;
}

void ends_when_cancelled(Scenario& t, Cancel when) {
  const Object q = t.root().queue();
  const Actor producer = cancelled(t, q, when);
  producer.ok(end_by("return"));
  t.expect_end(producer);
}
void cancel_before_put(Scenario& t) { ends_when_cancelled(t, Cancel::kBeforePut); }
void cancel_after_close(Scenario& t) { ends_when_cancelled(t, Cancel::kAfterClose); }

void cancelled_join_thread(Scenario& t) {
  const Object q = t.root().queue();
  const Actor producer = cancelled(t, q, Cancel::kAfterPut);
  t.expect(producer.call(join_thread(q)), Outcome::kOk, "it was cancelled");
}

const Tests kTests{
    {{"queue.close.all-threads"}, all_threads},
    {{"queue.close.state"}, state},
    {{"queue.close.waiting-get"}, waiting_get},
    {{"queue.close.waiting-put"}, waiting_put},
    {{"queue.join-thread.nothing-put"}, nothing_put},
    {{"queue.join-thread.repeatable"}, repeatable},
    {{"queue.cancel-join-thread.any-time"}, cancel_before_put, "before_put"},
    {{"queue.cancel-join-thread.any-time"}, cancel_after_close, "after_close"},
    {{"queue.cancel-join-thread.join-thread-does-not-wait"}, cancelled_join_thread},
};

}  // namespace
}  // namespace psq::conformance
