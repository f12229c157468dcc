// spec/queue.md, queue.create.*
#include <algorithm>
#include <limits>

#include "clauses/shared/puts.h"
#include "clauses/shared/scale.h"
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

std::int64_t largest_maxsize(const Scenario& t) {
  const auto found = t.hello().limits.find("maxsize");
  if (found == t.hello().limits.end()) throw Unsupported{"the driver names no largest maxsize"};
  return found->second;
}

// One more than the largest maxsize, which has to be a number that a request can carry.
std::int64_t too_large_maxsize(const Scenario& t) {
  const std::int64_t largest = largest_maxsize(t);
  if (largest > std::numeric_limits<std::int64_t>::max() / 2 - 1)
    throw Unsupported{"its largest maxsize is the largest number"};
  return largest + 1;
}

// As many queues as the implementation lets there be, up to `wanted`; a few there have to be.
std::vector<Object> many_queues(Scenario& t, CreatedType type, int wanted) {
  constexpr std::size_t kFew = 8;
  const Actor main = t.root();
  const bool is_joinable = type == CreatedType::kJoinableQueue;
  // What has to have a bound may reserve room for all of it, and have little room for all queues.
  constexpr int kMostReserved = 20;
  const bool may_reserve = !t.hello().bounds.contains("unbounded");
  const std::int64_t bound = may_reserve ? 1 : 0;
  if (may_reserve) wanted = std::min(wanted, kMostReserved);
  std::vector<Object> made;
  for (int i = 0; i < wanted; ++i) {
    const std::string name = (is_joinable ? "joinable" : "queue") + std::to_string(i);
    Request request = creation(type, {name});
    request.arguments.maxsize = t.bound(main.name(), type, bound);
    const Answer answer = main.call(request);
    if (answer.outcome != Outcome::kOk && made.size() >= kFew) break;
    t.need(answer);
    made.push_back(
        {.name = name, .type = is_joinable ? ObjectType::kJoinableQueue : ObjectType::kQueue});
  }
  return made;
}

// Queues that are there at the same time; each one holds the item that was put into it, alone.
void each_is_its_own(Scenario& t, CreatedType type, int queues) {
  const Actor main = t.root();
  const std::vector<Object> all = many_queues(t, type, queues);
  for (std::size_t i = 0; i < all.size(); ++i)
    main.ok(put(all[i], t.item("main", static_cast<std::int64_t>(i))));
  for (std::size_t i = 0; i < all.size(); ++i) {
    t.expect_payload(main.call(get(all[i])), t.item("main", static_cast<std::int64_t>(i)));
    t.expect(main.call(get(all[i], kNoWait)), Outcome::kEmpty, "what others hold is not its own");
  }
}

const Tests kCreateTests{[](const Define& test) {
  test("queue.create.unbounded", [](Scenario& t) { no_bound(t, QueueKind::kQueue); });

  test("queue.create.bound", [](Scenario& t) {
    for (const std::int64_t maxsize : {1, 5}) bound_is_kept(t, QueueKind::kQueue, maxsize);
  });

  // Beyond what a count of 8 bits holds, and what a small table does.
  test("queue.create.bound/large", [](Scenario& t) {
    large_bounds_are_kept(t, QueueKind::kQueue, {17, 300, 5000});
  });

  test.thorough()("queue.create.bound/beyond-16-bits",
                  [](Scenario& t) { large_bounds_are_kept(t, QueueKind::kQueue, {70'000}); });

  // Puts that begin at the same time, in rounds: what counts is how many of them end as ok.
  test("queue.create.bound-among-producers", [](Scenario& t) {
    constexpr std::int64_t kBound = 3;
    constexpr std::int64_t kPuts = 4;
    constexpr int kRounds = 8;
    const Actor main = t.root();
    const Object q = main.queue(kBound);
    std::vector<Actor> producers;
    for (const std::string suffix : {"0", "1", "2"}) {
      producers.push_back(main.spawn("producer" + suffix, {q}));
    }
    for (int round = 0; round < kRounds; ++round) {
      const std::int64_t start = (monotonic_now() + 5ms).count();
      std::vector<Call*> lists;
      for (const Actor& producer : producers) {
        const Request list = run({put(q, t.item(producer.name(), 0), kNoWait).repeated(kPuts)});
        lists.push_back(&producer.start(list.starting_at(Nanoseconds{start})));
      }
      std::int64_t accepted = 0;
      for (Call* list : lists) {
        t.expect(t.finish(*list), Outcome::kOk, "the list ends");
        for (const Answer& answer : list->events) {
          t.expect_one_of(answer, {Outcome::kOk, Outcome::kFull});
          accepted += answer.outcome == Outcome::kOk ? 1 : 0;
        }
      }
      t.expect_true(accepted == kBound, std::to_string(kBound) + " puts, as many as the bound",
                    std::to_string(accepted) + " puts");
      t.expect_boolean(main.call(full(q)), true, "as many as its bound");
      static_cast<void>(all_obtained(t, main.start(get_many(q, kBound))));
      t.expect(main.call(get(q, kNoWait)), Outcome::kEmpty, "nothing of a put that was refused");
    }
  });

  test("queue.create.each-its-own",
       [](Scenario& t) { each_is_its_own(t, CreatedType::kQueue, 70); });

  test("queue.create.each-its-own/joinable",
       [](Scenario& t) { each_is_its_own(t, CreatedType::kJoinableQueue, 20); });

  // Its address, its number or its name may be that of a queue that is gone.
  test("queue.create.each-its-own/after-drop", [](Scenario& t) {
    constexpr int kRounds = 12;
    const Actor main = t.root();
    for (int i = 0; i < kRounds; ++i) {
      const Object q = main.queue(3, "q" + std::to_string(i));
      t.expect(main.call(get(q, kNoWait)), Outcome::kEmpty, "nothing was put into this one");
      for (std::int64_t seq = 0; seq < 3; ++seq) {
        t.expect(main.call(put(q, t.item("main", seq), kNoWait)), Outcome::kOk,
                 "all of its slots are free");
      }
      t.expect_payload(main.call(get(q)), t.item("main", 0));
      main.ok(drop(q));
    }
  });

  test.thorough()("queue.create.each-its-own/hundreds",
                  [](Scenario& t) { each_is_its_own(t, CreatedType::kQueue, 300); });

  test("queue.create.largest-accepted", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue(largest_maxsize(t));
    for (std::int64_t i = 0; i < 3; ++i) {
      t.expect(main.call(put(q, t.item("main", i), kNoWait)), Outcome::kOk, "a slot is free");
    }
    t.expect_boolean(main.call(full(q)), false, "it holds fewer than its bound");
    for (std::int64_t i = 0; i < 3; ++i) t.expect_payload(main.call(get(q)), t.item("main", i));
  });

  test("queue.create.too-large-refused", [](Scenario& t) {
    const Actor main = t.root();
    const std::int64_t too_large = too_large_maxsize(t);
    static_cast<void>(t.bound("root", CreatedType::kQueue, too_large));
    for (const std::int64_t maxsize : {too_large, 2 * too_large}) {
      Request request = creation(CreatedType::kQueue, {"q"});
      request.arguments.maxsize = maxsize;
      t.expect(main.call(request), Outcome::kInvalidArgument,
               "a bound that it cannot count, maxsize " + std::to_string(maxsize));
    }
    // Nothing is left of it: the name is free.
    const Object q = main.queue(1);
    main.ok(put(q, t.item("main", 0)));
    t.expect_payload(main.call(get(q)), t.item("main", 0));
  });

  // More than the 32,767 that a semaphore of another system counts.
  test("queue.create.unbounded/beyond-15-bits",
       [](Scenario& t) { many_without_bound(t, QueueKind::kQueue, 33'000); });

  test.thorough()("queue.create.unbounded/beyond-16-bits",
                  [](Scenario& t) { many_without_bound(t, QueueKind::kQueue, 70'000); });

  test.thorough()("queue.create.unbounded/beyond-16-bits-joinable",
                  [](Scenario& t) { many_without_bound(t, QueueKind::kJoinable, 70'000); });
}};

}  // namespace
}  // namespace psq::conformance
