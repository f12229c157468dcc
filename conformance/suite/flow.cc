#include "suite/flow.h"

#include <algorithm>
#include <set>

namespace psq::conformance {
namespace {

std::string name_of(const Item& item) { return item.from + "#" + std::to_string(item.seq); }

const Item& item_of(Scenario& t, const Answer& answer) {
  t.need(answer, "an item");
  t.expect_intact(answer);
  t.expect_true(answer.item() != nullptr, "an item", describe(answer), answer);
  return *answer.item();
}

}  // namespace

Item failing_item(const Scenario& t, const std::string& from, std::int64_t seq,
                  const std::string& at, std::int64_t size) {
  Item item = t.item(from, seq, size);
  item.fail = at;
  return item;
}

Request put_many(const Scenario& t, const Object& queue, const std::string& from,
                 std::int64_t count, std::int64_t size) {
  return run({put(queue, t.item(from, 0, size)).repeated(count)});
}

Request get_many(const Object& queue, std::int64_t count, const Wait& wait) {
  return run({get(queue, wait).repeated(count)});
}

const std::vector<std::int64_t>& boundary_sizes() {
  static const std::vector<std::int64_t> sizes{1,     4095,  4096,  4097,    16383,   16384,  16385,
                                               65535, 65536, 65537, 1048575, 1048576, 1048577};
  return sizes;
}

const std::vector<std::int64_t>& framed_sizes() {
  static const std::vector<std::int64_t> sizes = [] {
    // Any size of a header at the two at which most implementations change their ways, the usual
    // ones at every other size.
    constexpr std::int64_t kHeader = 64;
    std::vector<std::int64_t> found;
    for (const std::int64_t whole : {4096, 65536})
      for (std::int64_t header = -8; header <= kHeader; ++header) found.push_back(whole - header);
    for (std::int64_t whole = 128; whole <= 256 * 1024; whole *= 2)
      for (const std::int64_t header : {-1, 0, 1, 4, 8, 12, 16, 20, 24, 32})
        found.push_back(whole - header);
    return found;
  }();
  return sizes;
}

Obtained all_obtained(Scenario& t, Call& gets) {
  t.need(t.finish(gets), "the list of gets ends");
  return obtained_so_far(t, gets);
}

Obtained obtained_so_far(Scenario& t, const Call& gets) {
  Obtained obtained{.by = gets.process + "/" + gets.request.thread, .answers = {}};
  for (const Answer& answer : gets.events) {
    if (answer.outcome == Outcome::kEmpty) continue;
    item_of(t, answer);
    obtained.answers.push_back(answer);
  }
  return obtained;
}

void until_quiet(Scenario& t, const Call& gets) {
  const Nanoseconds quiet = 100ms + t.session().driver_share();
  std::size_t seen = 0;
  do {
    seen = gets.events.size();
  } while (t.session()
               .await([&] { return gets.events.size() > seen; }, quiet / FairBound::kHangs)
               .ended());
}

void until_in_time(Scenario& t, std::int64_t items,
                   const std::function<bool(std::int64_t items)>& round) {
  constexpr int kRounds = 8;
  constexpr std::int64_t kMostTimes = 32;
  for (int i = 0; i < kRounds; ++i) {
    const bool in_time = round(std::min<std::int64_t>(std::int64_t{1} << i, kMostTimes) * items);
    t.restart();
    if (in_time) return;
  }
  throw Inconclusive{"each of " + std::to_string(kRounds) +
                     " times the process was ended too late: the stream was over"};
}

void expect_arrival(Scenario& t, const std::vector<const Call*>& gets,
                    const std::function<bool()>& enough) {
  const auto count = [&] {
    std::size_t events = 0;
    for (const Call* each : gets) events += each->events.size();
    return events;
  };
  t.expect_soon(
      enough, "items arrive", [&] { return std::to_string(count()) + " of them came"; }, count);
}

std::map<std::string, std::int64_t> expect_at_most_once(
    Scenario& t, const std::map<std::string, std::int64_t>& put_by,
    const std::vector<Obtained>& obtained) {
  std::map<std::string, std::set<std::int64_t>> seen;
  for (const Obtained& consumer : obtained) {
    for (const Answer& answer : consumer.answers) {
      const Item& item = item_of(t, answer);
      const auto producer = put_by.find(item.from);
      const bool was_put = producer != put_by.end() && item.seq >= 0 && item.seq < producer->second;
      t.expect_true(was_put, "only items that were put", consumer.by + " obtained " + name_of(item),
                    answer);
      t.expect_true(seen[item.from].insert(item.seq).second, "each item once",
                    name_of(item) + " a second time, by " + consumer.by, answer);
    }
  }
  std::map<std::string, std::int64_t> counts;
  for (const auto& [from, items] : seen) counts[from] = static_cast<std::int64_t>(items.size());
  return counts;
}

void expect_exactly_once(Scenario& t, const std::map<std::string, std::int64_t>& put_by,
                         const std::vector<Obtained>& obtained) {
  auto counts = expect_at_most_once(t, put_by, obtained);
  for (const auto& [from, count] : put_by) {
    t.expect_true(counts[from] == count, "all " + std::to_string(count) + " items of " + from,
                  std::to_string(counts[from]) + " of them");
  }
}

void expect_producer_order(Scenario& t, const std::vector<Obtained>& obtained) {
  for (const Obtained& consumer : obtained) {
    std::map<std::string, std::int64_t> newest;
    for (const Answer& answer : consumer.answers) {
      const Item& item = item_of(t, answer);
      const auto [before, first] = newest.try_emplace(item.from, item.seq);
      t.expect_true(
          first || before->second < item.seq,
          "the items of " + item.from + " in the order of their puts",
          consumer.by + " obtained " + name_of(item) + " after #" + std::to_string(before->second),
          answer);
      before->second = item.seq;
    }
  }
}

void expect_prefix(Scenario& t, const std::string& from, const std::vector<Answer>& answers) {
  std::int64_t next = 0;
  for (const Answer& answer : answers) {
    const Item& item = item_of(t, answer);
    if (item.from != from) continue;
    t.expect_true(item.seq == next, from + "#" + std::to_string(next) + " next", name_of(item),
                  answer);
    ++next;
  }
}

}  // namespace psq::conformance
