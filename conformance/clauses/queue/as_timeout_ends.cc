#include "clauses/queue/as_timeout_ends.h"

#include "suite/flow.h"

namespace psq::conformance {
namespace {

constexpr std::int64_t kRaceRounds = 62;
constexpr auto kRaceTimeout = 8ms;
// Before the first call of a round begins.
constexpr auto kRaceLead = 4ms;

// When the other call of a round begins: from 1.5 ms before the timeout ends to as long behind it.
Nanoseconds around_the_end(std::int64_t round) {
  constexpr std::int64_t kSteps = 15;
  return kRaceTimeout + (round % (2 * kSteps + 1) - kSteps) * Nanoseconds{100us};
}

// Makes both calls, each at its time, and returns the answer of the first one.
Answer race(Scenario& t, const Actor& first, const Request& timed, const Actor& second,
            const std::vector<Request>& others, std::int64_t round) {
  const Nanoseconds start = monotonic_now() + kRaceLead;
  Call& waiting = first.start(run({timed}).starting_at(start));
  Call& beside = second.start(run(others).starting_at(start + around_the_end(round)));
  t.expect(t.finish(waiting), Outcome::kOk);
  t.expect(t.finish(beside), Outcome::kOk);
  t.need(beside);
  return waiting.events.at(0);
}

}  // namespace

// Of two items, so that one that is given back behind the other shows.
void item_as_timeout_ends(Scenario& t, QueueKind kind) {
  const Actor main = t.root();
  const Object q = make(main, kind);
  const Actor consumer = main.spawn("consumer", {q});
  for (std::int64_t round = 0; round < kRaceRounds; ++round) {
    const std::vector<Item> items{t.item("main", 2 * round), t.item("main", 2 * round + 1)};
    Answer answer = race(t, consumer, get(q, within(kRaceTimeout)), main,
                         {put(q, items[0]), put(q, items[1])}, round);
    t.expect_one_of(answer, {Outcome::kOk, Outcome::kEmpty});
    if (answer.outcome == Outcome::kEmpty) answer = consumer.call(get(q));
    t.expect_payload(answer, items[0]);
    t.expect_payload(consumer.call(get(q)), items[1]);
  }
}

void slot_as_timeout_ends(Scenario& t, QueueKind kind) {
  const Actor main = t.root();
  const Object q = make(main, kind, 1);
  const Actor producer = main.spawn("producer", {q});
  Item there = t.item("main", 0);
  main.ok(put(q, there));
  for (std::int64_t round = 1; round <= kRaceRounds; ++round) {
    const Item item = t.item("producer", round);
    const Answer answer =
        race(t, producer, put(q, item, within(kRaceTimeout)), main, {get(q)}, round);
    t.expect_one_of(answer, {Outcome::kOk, Outcome::kFull});
    if (answer.outcome == Outcome::kOk) {
      there = item;
    } else {
      there = t.item("main", round);
      t.expect(main.call(put(q, there, kNoWait)), Outcome::kOk, "a refused put takes no slot");
    }
    t.expect(main.call(put(q, t.item("refused", round), kNoWait)), Outcome::kFull,
             "a refused put frees no slot");
    t.expect_payload(main.call(get(q)), there);
    main.ok(put(q, there));
  }
}

}  // namespace psq::conformance
