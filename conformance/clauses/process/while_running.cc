#include "clauses/process/while_running.h"

#include <algorithm>
#include <functional>

#include "suite/flow.h"

namespace psq::conformance {
namespace {

// Several threads, so that a start is likely to fall into a call of one of them.
constexpr int kPutters = 3;
constexpr int kChildren = 5;
// Of one list. So many lists of a thread are more than are ever needed.
constexpr std::int64_t kItems = 100;
constexpr std::size_t kMostLists = 200;
// That a thread has before it where this process gets too little of the processors to keep up.
constexpr std::size_t kMostAhead = 16;
// Nothing ends for so long: something hangs, which is judged where it is waited for.
constexpr auto kNothingEnds = 10s;

// What is put to one object, and obtained from it.
struct Passed {
  std::map<std::string, std::int64_t> given;
  std::vector<Obtained> taken;
};

// Lists of calls of one thread, without a gap between them, and of another that obtains the items.
class Traffic {
 public:
  using Giving = std::function<Request(const Item&)>;

  Traffic(Scenario& t, std::string name, Actor from, Giving give, Actor to, Request take)
      : t_(t),
        name_(std::move(name)),
        from_(std::move(from)),
        give_(std::move(give)),
        to_(std::move(to)),
        take_(std::move(take)) {}

  // Fewer lists are to be done than its thread has to have.
  [[nodiscard]] bool is_short() const {
    return gave_.size() < kMostLists && gave_.size() < lists_ended() + ahead_;
  }

  void go_on() {
    if (!gave_.empty() && gave_.back()->answer.has_value())
      ahead_ = std::min(2 * ahead_, kMostAhead);  // Its thread had nothing to do meanwhile.
    while (is_short()) {
      const Item first = t_.item(list_name(gave_.size()), 0);
      gave_.push_back(&from_.start(run({give_(first).repeated(kItems)}).by("to " + name_)));
      took_.push_back(&to_.start(run({take_.repeated(kItems)}).by("of " + name_)));
    }
  }

  // That have ended.
  [[nodiscard]] std::size_t calls() const {
    std::size_t ended = 0;
    for (const Call* each : gave_) ended += each->events.size();
    return ended;
  }

  void finish_into(std::map<std::string, Passed>& passed) {
    Passed& of_object = passed[take_.on];
    for (std::size_t i = 0; i < gave_.size(); ++i) {
      t_.finish(*gave_[i]);
      t_.need(*gave_[i], "what is obtained was given");
      of_object.given[list_name(i)] = kItems;
      of_object.taken.push_back(all_obtained(t_, *took_[i]));
    }
  }

 private:
  [[nodiscard]] std::size_t lists_ended() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(gave_, [](const Call* each) { return each->answer.has_value(); }));
  }

  [[nodiscard]] std::string list_name(std::size_t number) const {
    return name_ + " " + std::to_string(number);
  }

  Scenario& t_;
  std::string name_;
  Actor from_;
  Giving give_;
  Actor to_;
  Request take_;
  std::vector<Call*> gave_, took_;
  std::size_t ahead_ = 2;
};

void go_on_until(Scenario& t, std::vector<Traffic>& all, const std::function<bool()>& done) {
  const auto some_are_short = [&] {
    return std::ranges::any_of(all, [](const Traffic& each) { return each.is_short(); });
  };
  bool goes_on = true;
  while (goes_on && !done()) {
    for (Traffic& each : all) each.go_on();
    goes_on =
        t.session().wait_until([&] { return done() || some_are_short(); }, t.patient(kNothingEnds));
  }
}

// Whether a call of each has ended since.
bool go_on_for_one_call_each(Scenario& t, std::vector<Traffic>& all) {
  std::vector<std::size_t> before;
  for (const Traffic& each : all) before.push_back(each.calls());
  const auto all_have = [&] {
    return std::ranges::equal(before, all, std::less<>{}, {}, &Traffic::calls);
  };
  go_on_until(t, all, all_have);
  return all_have();
}

}  // namespace

void while_running(Scenario& t) {
  const Actor main = t.root();
  const std::vector<Object> queues{main.queue(0, "q"), main.simple_queue("simple")};
  const Object back = main.queue(0, "back");
  const auto [a, b] = main.pipe(true, "a", "b");
  const Actor consumer = main.spawn("consumer", {queues[0], queues[1], back, b});

  std::vector<Traffic> all;
  for (const Object& q : queues) {
    for (int i = 0; i < kPutters; ++i) {
      all.emplace_back(
          t, q.name + std::to_string(i), main, [=](const Item& item) { return put(q, item); },
          consumer, get(q));
    }
  }
  all.emplace_back(
      t, "pipe", main, [from = a](const Item& item) { return send(from, item); }, consumer,
      recv(b));
  all.emplace_back(
      t, "back", consumer, [=](const Item& item) { return put(back, item); }, main, get(back));

  std::map<std::string, Passed> passed;
  std::vector<std::string> children;
  for (int i = 0; i < kChildren; ++i) {
    if (!go_on_for_one_call_each(t, all)) {
      for (Traffic& each : all) each.finish_into(passed);  // which judges what hangs
      throw Inconclusive{"the calls of a thread came to their end before each child was started"};
    }
    const std::string name = children.emplace_back("child" + std::to_string(i));
    Call& start = main.start(spawning(name, {"q", "simple"}).by("spawner"));
    go_on_until(t, all, [&] { return start.answer.has_value(); });
    t.expect(t.finish(start), Outcome::kOk, "a child to work with");
    t.expect_hello(name, *start.answer);
  }
  for (const std::string& name : children) {
    for (const Object& q : queues) {
      Actor{t, name}.ok(put(q, t.item(name, 0)));
      passed[q.name].given[name] = 1;
    }
  }
  for (Traffic& each : all) each.finish_into(passed);
  for (const Object& q : queues)
    passed[q.name].taken.push_back(all_obtained(t, consumer.start(get_many(q, kChildren))));
  for (const auto& [object, each] : passed) expect_exactly_once(t, each.given, each.taken);
}

}  // namespace psq::conformance
