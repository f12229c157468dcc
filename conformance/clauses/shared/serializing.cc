#include "clauses/shared/serializing.h"

#include "suite/flow.h"

namespace psq::conformance {
namespace {

// Twice what a prompt call may take, and scaled as that is.
constexpr auto kSlow = 300ms;
// So that what is slow has begun: no message says so.
constexpr auto kUnderWay = 50ms;
constexpr std::int64_t kBound = 2;
// An item that was put arrives within this time; it does not come after a multiple of it.
constexpr auto kArrives = 1s;
constexpr auto kOneLook = 300ms;

double slow_for(const Scenario& t) {
  return std::chrono::duration<double>{t.patient(kSlow)}.count();
}

void let_it_begin(Scenario& t) {
  static_cast<void>(t.session().wait_until([] { return false; }, kUnderWay));
}

// A put and a get as one call.
Answer pass_through(const Actor& producer, const Actor& consumer, const Object& q,
                    const Item& item) {
  const Answer given = producer.ok(put(q, item));
  Answer obtained = consumer.ok(get(q));
  obtained.invoked = given.invoked;
  return obtained;
}

void expect_quick(Scenario& t, const std::function<Answer(std::int64_t round)>& measure) {
  std::int64_t round = 0;
  t.expect_prompt(0ns, [&] { return measure(round++); });
}

// Every slot can be taken, and no more.
void expect_bound(Scenario& t, const Actor& main, const Object& q) {
  t.eventually([&] { return main.ok(qsize(q)); },
               [](const Answer& answer) { return answer.value.number == 0; },
               "no slot is kept by what is gone");
  for (std::int64_t i = 0; i < kBound; ++i) main.ok(put(q, t.item("slot", i), kNoWait));
  t.expect(main.call(put(q, t.item("slot", kBound), kNoWait)), Outcome::kFull, "the bound holds");
  for (std::int64_t i = 0; i < kBound; ++i) t.expect_payload(main.call(get(q)), t.item("slot", i));
}

// A get of an item that a failure before it may have stopped; without a hang of the usual length.
Answer obtain(Scenario& t, const Actor& consumer, const Object& q) {
  if (q.type == ObjectType::kSimpleQueue) return consumer.call(get(q));
  FairBound bound{t.session().fair_clock(), t.patient(kArrives), FairBound::Work::kForQuestions};
  while (true) {
    const Answer answer = consumer.call(get(q, within(kOneLook)));
    const auto state = bound.state();
    if (answer.outcome != Outcome::kEmpty || state == FairBound::State::kHung) return answer;
    if (state == FairBound::State::kUndecided) throw Inconclusive{"an item: " + bound.in_words()};
  }
}

}  // namespace

void serializing_delays_none(Scenario& t, QueueKind kind) {
  t.needs_option("item.slow_serialize");
  const Actor main = t.root();
  const Object q = make(main, kind);
  const Actor slow = main.spawn("slow", {q});
  const Actor quick = main.spawn("quick", {q});
  expect_quick(t, [&](std::int64_t round) {
    Item lazy = t.item("slow", round);
    lazy.slow_serialize = slow_for(t);
    Call& putting = slow.start(put(q, lazy));
    let_it_begin(t);
    const Answer passed = pass_through(quick, main, q, t.item("quick", round));
    const Obtained both{.by = "main", .answers = {passed, main.ok(get(q))}};
    t.expect(t.finish(putting), Outcome::kOk);
    expect_at_most_once(t, {{"slow", round + 1}, {"quick", round + 1}}, {both});
    return passed;
  });
}

void deserializing_delays_none(Scenario& t, QueueKind kind) {
  t.needs_option("item.slow_deserialize");
  const Actor main = t.root();
  const Object q = make(main, kind);
  const Actor slow = main.spawn("slow", {q});
  const Actor quick = main.spawn("quick", {q});
  expect_quick(t, [&](std::int64_t round) {
    Item lazy = t.item("main", round);
    lazy.slow_deserialize = slow_for(t);
    main.ok(put(q, lazy));
    Call& getting = slow.start(get(q));
    let_it_begin(t);
    Answer passed = pass_through(main, quick, q, t.item("quick", round));
    const Obtained both{.by = "both", .answers = {passed, t.finish(getting)}};
    expect_at_most_once(t, {{"main", round + 1}, {"quick", round + 1}}, {both});
    return passed;
  });
}

void changed_object_comes_anew(Scenario& t, const std::function<Request(const Item&)>& put_one,
                               const Request& get_one) {
  constexpr std::int64_t kTimes = 4;
  t.needs_option("item.same");
  const Actor main = t.root();
  for (std::int64_t i = 0; i < kTimes; ++i) {
    // Of two sizes, one of which comes again.
    const Item value = t.item("main", i, i % 2 == 0 ? 500 : 5000);
    Item object = value;
    object.same = "object";
    main.ok(put_one(object));
    t.expect_payload(main.call(get_one), value);
  }
}

std::vector<std::string> odd_failures(const Scenario& t) {
  std::vector<std::string> kinds;
  for (const std::string kind : {"exit", "interrupt", "other"})
    if (t.hello().options.contains("item.failure_" + kind)) kinds.push_back(kind);
  if (kinds.empty()) throw Unsupported{"the driver has no option item.failure_..."};
  return kinds;
}

Item oddly_failing_item(const Scenario& t, const std::string& kind, const std::string& at) {
  Item item = failing_item(t, "failing", 0, at, 300);
  item.failure = kind;
  return item;
}

void odd_serializing_stops_nothing(Scenario& t, QueueKind kind) {
  t.needs_option("item.fail_serialize");
  const Actor main = t.root();
  const bool has_slots = kind != QueueKind::kSimple;
  const Object q = make(main, kind, has_slots ? kBound : 0);
  for (const std::string& failure : odd_failures(t)) {
    const Actor producer = main.spawn("producer_" + failure, {q});
    for (std::int64_t i = 0; i < 2; ++i) {
      producer.ok(put(q, t.item("good", 2 * i)));
      t.expect_payload(obtain(t, main, q), t.item("good", 2 * i));
      t.expect_one_of(producer.call(put(q, oddly_failing_item(t, failure, "serialize"))),
                      {Outcome::kNotSerializable, Outcome::kOk, Outcome::kRaised},
                      "refused, or dropped at the flush");
      producer.ok(put(q, t.item("good", 2 * i + 1)));
      t.expect_payload(obtain(t, main, q), t.item("good", 2 * i + 1));
    }
    if (has_slots) expect_bound(t, main, q);
  }
}

void odd_deserializing_stops_nothing(Scenario& t, QueueKind kind) {
  t.needs_option("item.fail_deserialize");
  const Actor main = t.root();
  const bool has_slots = kind != QueueKind::kSimple;
  const Object q = make(main, kind, has_slots ? kBound : 0);
  for (const std::string& failure : odd_failures(t)) {
    const Actor consumer = main.spawn("consumer_" + failure, {q});
    for (std::int64_t i = 0; i < 2; ++i) {
      main.ok(put(q, oddly_failing_item(t, failure, "deserialize")));
      t.expect_one_of(obtain(t, consumer, q), {Outcome::kNotDeserializable, Outcome::kRaised},
                      "it was asked to fail");
      main.ok(put(q, t.item("good", i)));
      t.expect_payload(obtain(t, consumer, q), t.item("good", i));
    }
    if (has_slots) expect_bound(t, main, q);
  }
}

}  // namespace psq::conformance
