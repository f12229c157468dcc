#include "clauses/shared/scale.h"

#include <algorithm>
#include <fstream>
#include <string>

#include "suite/flow.h"

namespace psq::conformance {
namespace {

// So many calls a list that a list ends soon.
constexpr std::int64_t kAtOnce = 4000;

std::int64_t most_items(const Scenario& t, QueueKind kind, std::int64_t wanted) {
  const auto& limits = t.hello().limits;
  // Where every queue has a bound, one slot stays free.
  const std::int64_t kept = t.hello().bounds.contains("unbounded") ? 0 : 1;
  for (const std::string name : {"maxsize", "unfinished"}) {
    const auto limit = limits.find(name);
    if (name == "unfinished" && kind != QueueKind::kJoinable) continue;
    if (limit != limits.end()) wanted = std::min(wanted, limit->second - kept);
  }
  return wanted;
}

std::int64_t available_memory() {
  constexpr std::int64_t kKilobyte = 1024;
  std::ifstream in{"/proc/meminfo"};
  for (std::string word; in >> word;) {
    std::int64_t kilobytes = 0;
    if (word == "MemAvailable:" && in >> kilobytes) return kilobytes * kKilobyte;
  }
  return 0;
}

// Puts items `from` to `to` of the root without waiting, each of which has to find a slot.
void put_at_once(Scenario& t, const Object& q, std::int64_t from, std::int64_t to,
                 const std::string& why) {
  for (std::int64_t done = from; done < to; done += kAtOnce) {
    const std::int64_t count = std::min(kAtOnce, to - done);
    Call& puts = t.root().start(run({put(q, t.item("main", done), kNoWait).repeated(count)}));
    t.expect(t.finish(puts), Outcome::kOk);
    for (const Answer& answer : puts.events) t.expect(answer, Outcome::kOk, why);
  }
}

// Obtains items `from` to `to` of the root, in this order.
void expect_items(Scenario& t, const Object& q, std::int64_t from, std::int64_t to) {
  for (std::int64_t done = from; done < to; done += kAtOnce) {
    const std::int64_t count = std::min(kAtOnce, to - done);
    const Obtained obtained = all_obtained(t, t.root().start(get_many(q, count)));
    for (std::int64_t i = 0; i < count; ++i)
      t.expect_payload(obtained.answers.at(static_cast<std::size_t>(i)), t.item("main", done + i));
  }
}

void large_bound_is_kept(Scenario& t, QueueKind kind, std::int64_t bound) {
  const Actor main = t.root();
  const Object q = make(main, kind, bound, "q" + std::to_string(bound));
  const std::int64_t freed = std::min<std::int64_t>(bound, 3);
  put_at_once(t, q, 0, bound, "fewer items than its bound");
  t.expect(main.call(put(q, t.item("main", bound), kNoWait)), Outcome::kFull, "no slot is free");
  expect_items(t, q, 0, freed);
  put_at_once(t, q, bound, bound + freed, "a get freed a slot");
  t.expect(main.call(put(q, t.item("main", bound + freed), kNoWait)), Outcome::kFull,
           "as many slots as gets, not more");
  expect_items(t, q, freed, bound + freed);
}

// How long what moves gigabytes takes at most.
constexpr auto kGigabytes = 120s;

// The answer of a call that moves gigabytes, which takes its time.
Answer finish_slowly(Scenario& t, Call& call) {
  static_cast<void>(t.ends_within(call, t.patient(kGigabytes)));
  return t.finish(call);
}

}  // namespace

void many_without_bound(Scenario& t, QueueKind kind, std::int64_t items) {
  const Actor main = t.root();
  const Object q = make(main, kind);
  items = most_items(t, kind, items);
  put_at_once(t, q, 0, items, "no bound to reach");
  t.expect_number(main.call(qsize(q)), items, "what was put");
  t.expect_boolean(main.call(full(q)), false, "there is no bound");
  expect_items(t, q, 0, items);
}

void large_bounds_are_kept(Scenario& t, QueueKind kind, const std::set<std::int64_t>& bounds) {
  const auto limit = t.hello().limits.find("maxsize");
  std::set<std::int64_t> possible;
  for (const std::int64_t bound : bounds)
    possible.insert(limit == t.hello().limits.end() ? bound : std::min(bound, limit->second));
  for (const std::int64_t bound : possible) large_bound_is_kept(t, kind, bound);
}

void item_beyond_2_gib(Scenario& t, const Actor& producer,
                       const std::function<Request(const Item&)>& give, const Actor& consumer,
                       const Request& take) {
  constexpr std::int64_t kSize = (std::int64_t{1} << 31) + 4097;
  // The item and its serialized form, and a copy of each on its way, in each of two processes.
  constexpr std::int64_t kCopies = 6;
  if (available_memory() < kCopies * kSize)
    throw Unsupported{"less than 12 GiB of memory are free, for the copies of an item of 2 GiB"};
  const Item item = t.item("producer", 0, kSize);
  Call& giving = producer.start(give(item));
  Call& taking = consumer.start(take);
  const auto either = [&] { return giving.answer || taking.answer; };
  static_cast<void>(t.session().wait_until(either, t.patient(kGigabytes)));
  // Where nothing was given, the other call would be waited for in vain.
  if (giving.answer) t.expect(*giving.answer, Outcome::kOk);
  t.expect_payload(finish_slowly(t, taking), item);
  t.expect(finish_slowly(t, giving), Outcome::kOk);
}

}  // namespace psq::conformance
