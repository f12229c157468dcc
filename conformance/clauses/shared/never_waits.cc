#include "clauses/shared/never_waits.h"

#include "clauses/failure/in_message.h"

namespace psq::conformance {

void expect_at_once(Scenario& t, const Actor& actor, const Request& request,
                    const std::function<void(const Answer&)>& demand) {
  t.expect_prompt(0ms, [&] {
    const Answer answer = actor.call(request);
    demand(answer);
    return answer;
  });
}

void expect_at_once_without_time(Scenario& t, const Actor& actor,
                                 const std::function<Request(const Wait&)>& ask, Outcome outcome,
                                 const std::string& why) {
  for (const Wait& wait : {kNoWait, within(0ms), within(-1s)}) {
    expect_at_once(t, actor, ask(wait),
                   [&](const Answer& answer) { t.expect(answer, outcome, why); });
  }
}

void while_others_wait(Scenario& t, const Actor& other, const Request& ask,
                       const std::function<void()>& serve_one, const std::function<void()>& look) {
  Call& in_other = other.start(ask);
  t.expect_waits(in_other, "in another process");
  look();
  Call& in_thread = t.root().start(ask.by("beside"));
  t.expect_waits(in_thread, "in another thread");
  look();
  t.stop(other);
  look();
  t.resume(other);
  for (int i = 0; i < 2; ++i) serve_one();
  for (Call* each : {&in_other, &in_thread}) t.expect(t.finish(*each), Outcome::kOk, "served");
}

Call& in_the_middle_of_getting(Scenario& t, const Actor& consumer, const Object& q) {
  Call& obtaining = consumer.start(get(q));
  const auto deadline = monotonic_now() + t.patient(1s);
  // Where it takes what is there, nothing is left for others to see.
  while (!t.ends_within(obtaining, 5ms) && t.root().ok(empty(q)).value.boolean != true) {
    if (monotonic_now() < deadline) continue;
    static_cast<void>(t.comes_to_wait(obtaining));
    break;
  }
  return obtaining;
}

void while_another_is_in_item(Scenario& t, QueueKind kind,
                              const std::function<void(const Object&)>& look) {
  const Actor main = t.root();
  const Object q = make(main, kind);
  const Actor consumer = main.spawn("consumer", {q});
  const Actor producer = in_large_message(t, main, q);
  t.stop(producer);
  Call& obtaining = in_the_middle_of_getting(t, consumer, q);
  look(q);
  t.resume(producer);
  t.expect_payload(t.finish(obtaining), t.item("producer", 3, kLarger));
}

void while_another_joins(Scenario& t, std::int64_t maxsize,
                         const std::function<void(const Object&)>& look) {
  const Actor main = t.root();
  const Object q = main.joinable_queue(maxsize);
  const Actor joiner = main.spawn("joiner", {q});
  main.ok(put(q, t.item("main", 0)));
  main.ok(get(q));
  Call& joining = joiner.start(join(q));
  t.expect_waits(joining, "for the task");
  look(q);
  t.stop(joiner);
  look(q);
  t.resume(joiner);
  t.expect_waits(joining, "for the task");
}

}  // namespace psq::conformance
