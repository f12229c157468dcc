// spec/failure.md: what the others see of a process that was killed
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

void idle_holder(Scenario& t) {
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
}

// Kills a producer in the middle of its puts, at another point in each round, while `main` takes
// what comes.
void producer_killed(Scenario& t, bool simple, std::int64_t size, int at) {
  constexpr std::int64_t kItems = 3000;
  const Actor main = t.root();
  const Object q = simple ? main.simple_queue() : main.queue();
  const Actor producer = main.spawn("producer", {q});
  Call& gets = main.start(get_many(q, kItems).by("consumer"));
  Call& puts = producer.start(put_many(t, q, "producer", kItems, size));
  const auto reached = [&] {
    return gets.events.size() >= static_cast<std::size_t>(at) || gets.answer.has_value();
  };
  t.expect_true(t.session().wait_until(reached, t.hang_bound()),
                "items arrive while their producer lives",
                std::to_string(gets.events.size()) + " items");
  t.kill(producer);
  // Whether the consumer then waits for ever is not the question; a simple queue's items are there
  // by now.
  if (simple) {
    static_cast<void>(t.session().wait_until(
        [&] { return gets.events.size() >= puts.events.size(); }, t.hang_bound()));
  }
  until_quiet(t, gets);
  const Obtained obtained = obtained_so_far(t, gets);
  expect_prefix(t, "producer", obtained.answers);
  if (!simple) return;
  const auto returned = static_cast<std::int64_t>(puts.events.size());
  t.expect_true(static_cast<std::int64_t>(obtained.answers.size()) >= returned,
                "every item whose put had returned",
                std::to_string(obtained.answers.size()) + " of " + std::to_string(returned));
}

void what_arrives(Scenario& t, bool simple) {
  for (const std::int64_t size : {0, 3000, 20000, 200000}) {
    for (const int at : {1, 17, 60}) {
      producer_killed(t, simple, size, at);
      t.restart();
    }
  }
}

void what_arrives_is_whole(Scenario& t) { what_arrives(t, false); }
void simple_queue_what_arrives_is_whole(Scenario& t) { what_arrives(t, true); }

void consumer_no_duplicate(Scenario& t) {
  constexpr std::int64_t kItems = 2000;
  for (const std::size_t at : {3, 40, 200}) {
    const Actor main = t.root();
    const Object q = main.queue();
    const Actor doomed = main.spawn("doomed", {q});
    const Actor survivor = main.spawn("survivor", {q});
    Call& lost = doomed.start(get_many(q, kItems));
    Call& kept = survivor.start(get_many(q, kItems));
    Call& puts = main.start(put_many(t, q, "main", kItems));
    const auto reached = [&] {
      return lost.events.size() >= at || kept.events.size() + lost.events.size() >= kItems;
    };
    t.expect_true(t.session().wait_until(reached, t.hang_bound()), "items arrive",
                  std::to_string(lost.events.size()) + " items");
    t.kill(doomed);
    t.expect(t.finish(puts), Outcome::kOk);
    until_quiet(t, kept);
    const std::vector<Obtained> obtained{obtained_so_far(t, lost), obtained_so_far(t, kept)};
    expect_at_most_once(t, {{"main", kItems}}, obtained);
    expect_producer_order(t, obtained);
    t.restart();
  }
}

void pipe_end_of_stream(Scenario& t) {
  const Actor main = t.root();
  const auto ends = main.pipe(false);
  const Actor writer = main.spawn("writer", {ends.second});
  main.ok(close(ends.second));
  for (std::int64_t i = 0; i < 20; ++i) writer.ok(send(ends.second, t.item("writer", i)));
  t.kill(writer);
  for (std::int64_t i = 0; i < 20; ++i)
    t.expect_payload(main.call(recv(ends.first)), t.item("writer", i));
  t.expect(main.call(recv(ends.first)), Outcome::kEndOfStream, "its only writer was killed");
}

void pipe_broken(Scenario& t) {
  const Actor main = t.root();
  const auto ends = main.pipe(false);
  const Actor reader = main.spawn("reader", {ends.first});
  main.ok(close(ends.first));
  Call& sending = main.start(send(ends.second, t.item("main", 0, 4 << 20)).by("sender"));
  t.expect_waits(sending, "for room");
  t.kill(reader);
  t.expect(t.finish(sending), Outcome::kBrokenPipe, "its only reader was killed");
  t.expect(main.call(send(ends.second, t.item("main", 1))), Outcome::kBrokenPipe,
           "its only reader was killed");
}

void waiting_putter(Scenario& t) {
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
}

const Tests kTests{
    {{"failure.kill.idle-holder-harmless"}, idle_holder},
    {{"failure.kill.what-arrives-is-whole"}, what_arrives_is_whole},
    {{"failure.kill.simple-queue-what-arrives-is-whole"}, simple_queue_what_arrives_is_whole},
    {{"failure.kill.consumer-no-duplicate"}, consumer_no_duplicate},
    {{"failure.kill.pipe-end-of-stream"}, pipe_end_of_stream},
    {{"failure.kill.pipe-broken"}, pipe_broken},
    {{"failure.kill.waiting-putter-harmless"}, waiting_putter},
};

}  // namespace
}  // namespace psq::conformance
