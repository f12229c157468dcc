#include "clauses/failure/crash_run.h"

#include <algorithm>
#include <csignal>
#include <map>

namespace psq::conformance {
namespace {

constexpr std::size_t kFresh = 3;  // items that are put after the interruption

Wait wait_of(const Scenario& t, const Object& q, Nanoseconds timeout = kSurvivorTimeout) {
  return q.type == ObjectType::kSimpleQueue ? kForever : within(t.patient(timeout));
}

/// When something happened, on both clocks.
struct Moment {
  Nanoseconds at;
  Fairness fairly;
};

/// Looks at the survivors through their puts and gets.
class Look {
 public:
  Look(Scenario& t, CrashRun& run, Nanoseconds enough, Nanoseconds becomes_visible)
      : t_(t),
        run_(run),
        enough_(enough),
        becomes_visible_(becomes_visible),
        taken_{.by = run.getter, .answers = {}} {}

  // What was there before is taken out first: it takes slots.
  void drain() {
    if (run_.q.type == ObjectType::kSimpleQueue) return;  // whose get has no timeout
    while (get_one()) {
    }
  }

  // One after the other, so that no bound is reached; one for each get that was waiting, and some
  // more.
  void put_and_get() {
    const std::size_t rounds = kFresh + run_.waiting.size();
    for (std::size_t i = 0; i < rounds && goes_on(); ++i) put_and_get_one();
  }

  void count_slots() {
    if (run_.bound == 0 || !goes_on()) return;
    std::int64_t usable = 0;
    const auto fits = [&] {
      const auto [putting, ends] =
          attempt(run_.putter, put(run_.q, next_item(), wait_of(t_, run_.q)));
      return ends && putting->answer->outcome == Outcome::kOk;
    };
    while (usable < run_.bound && fits()) ++usable;
    slots_gone_ = run_.bound - usable;
  }

  // Every task of the items that the survivors obtained is done; is there another one?
  void do_tasks() {
    if (run_.q.type != ObjectType::kJoinableQueue) return;
    std::size_t tasks = taken_.answers.size();
    for (const Obtained& each : waited_) tasks += each.answers.size();
    for (std::size_t i = 0; i < tasks; ++i) {
      if (ended(start(run_.getter, task_done(run_.q)))) continue;
      joins_ = "is in the way of task_done";
      return;
    }
    joins_ = ended(start(run_.getter, join(run_.q))) ? "returns" : "waits for ever";
  }

  void judge() {
    std::vector<Obtained> all = run_.obtained;
    all.push_back(taken_);
    all.insert(all.end(), waited_.begin(), waited_.end());
    static_cast<void>(expect_at_most_once(t_, run_.put_by, all));
    expect_producer_order(t_, all);
  }

  [[nodiscard]] Aftermath found() const {
    return {.puts = puts_,
            .gets = gets_,
            .joins = joins_,
            .lost = std::max<std::int64_t>(0, run_.unread - count_from(run_.victim)),
            .slots_gone = slots_gone_,
            .slowest = slowest_,
            .slowest_fairly = slowest_fairly_};
  }

  // A timed call that the machine starved may have found nothing although the survivors go on.
  void expect_fairness(const Aftermath& found) const {
    if ((!found.all_go_on() || found.slots_gone != 0) && !starved_.empty())
      throw Inconclusive{found.in_words() + ", on a machine that is too slow: " + starved_};
  }

 private:
  static constexpr auto kGoOn = "go on";
  static constexpr int kAttempts = 10;  // of a call that the machine may have starved

  // A thread for each call: one that waits for ever holds up no other.
  Call& start(const std::string& process, const Request& request) {
    const Moment began = now();
    Call& call = t_.start(process, request.by("thread" + std::to_string(++threads_)));
    began_.emplace(&call, began);
    return call;
  }

  // The call, and whether it ended. A call that found nothing while the machine withheld its time
  // is made again.
  std::pair<Call*, bool> attempt(const std::string& process, const Request& request) {
    for (int left = kAttempts;; --left) {
      Call& call = start(process, request);
      const bool ends = ended(call);
      const std::string starved = ends ? starvation(call) : "";
      if (starved.empty()) return {&call, ends};
      if (left > 1) continue;
      starved_ = starved;
      return {&call, true};
    }
  }

  // What the machine withheld of a call that found nothing; empty when that is not the reason.
  [[nodiscard]] std::string starvation(const Call& call) const {
    const Outcome outcome = call.answer->outcome;
    const Fairness& spent = spent_.at(&call);
    const bool nothing = outcome == Outcome::kEmpty || outcome == Outcome::kFull;
    const bool starved = spent.wall - spent.fair > t_.patient(kSurvivorTimeout) / 2;
    return nothing && starved ? spent.in_words() : "";
  }

  bool ended(Call& call) {
    if (!t_.ends_within_fairly(call, t_.patient(kSurvivorTimeout + enough_))) return false;
    const Moment could_end = possible_since(call);
    const Fairness spent = spent_[&call] = t_.session().fair_clock().read() - could_end.fairly;
    const Nanoseconds took = call.answer->returned - std::max(call.answer->invoked, could_end.at);
    slowest_ = std::max(slowest_, took);
    slowest_fairly_ = std::max(slowest_fairly_, took - (spent.wall - spent.fair));
    return true;
  }

  [[nodiscard]] Moment now() const { return {monotonic_now(), t_.session().fair_clock().read()}; }

  // A get that waits since before the interruption can end from the put of its item on, if that
  // came later.
  [[nodiscard]] Moment possible_since(const Call& call) const {
    if (const auto began = began_.find(&call); began != began_.end()) return began->second;
    const Item* const item = call.answer->item();
    if (item == nullptr || item->from != run_.putter) return struck_;
    const auto put = put_.find(item->seq);
    return put == put_.end() ? struck_ : put->second;
  }

  Item next_item() { return t_.item(run_.putter, run_.put_by[run_.putter]++); }

  [[nodiscard]] bool goes_on() const { return puts_ == kGoOn && gets_ == kGoOn; }

  void put_and_get_one() {
    const Item item = next_item();
    put_.emplace(item.seq, now());
    const Request request = put(run_.q, item, wait_of(t_, run_.q));
    const bool buffered = run_.q.type != ObjectType::kSimpleQueue;
    // Without a buffer a put may wait for the get.
    Call* const waiting = buffered ? nullptr : &start(run_.putter, request);
    const bool obtained = (!buffered || was_put(attempt(run_.putter, request))) && obtain(item);
    if (!obtained) gets_ = hung_ ? "wait for ever" : told_ ? "are told" : "find nothing";
    if (!buffered) static_cast<void>(was_put({waiting, ended(*waiting)}));
  }

  bool was_put(const std::pair<Call*, bool>& attempted) {
    const Call& putting = *attempted.first;
    if (!attempted.second) {
      puts_ = "wait for ever";
      return false;
    }
    t_.expect_one_of(*putting.answer, {Outcome::kOk, Outcome::kFull, Outcome::kCorrupted});
    if (putting.answer->outcome == Outcome::kOk) return true;
    puts_ = putting.answer->outcome == Outcome::kFull ? "find it full" : "are told";
    return false;
  }

  bool obtain(const Item& item) {
    do {
      collect_waiting();
      if (has(item)) return true;
    } while (get_one(becomes_visible_));
    collect_waiting();
    return has(item);
  }

  // A get that was waiting before may be the one that obtains the item.
  void collect_waiting() {
    const auto answered = [](const Call* each) { return each->answer.has_value(); };
    if (run_.waiting.empty()) return;
    static_cast<void>(t_.session().wait_until(
        [&] { return std::ranges::any_of(run_.waiting, answered); }, t_.patient(kSurvivorTimeout)));
    std::erase_if(run_.waiting, [&](Call* each) {
      if (!answered(each) || !ended(*each)) return false;
      Obtained own{.by = each->process + "/" + each->request.thread, .answers = {}};
      static_cast<void>(take(*each, own));
      waited_.push_back(own);
      return true;
    });
  }

  bool get_one(Nanoseconds timeout = kSurvivorTimeout) {
    const auto [getting, ends] = attempt(run_.getter, get(run_.q, wait_of(t_, run_.q, timeout)));
    if (ends) return take(*getting, taken_);
    hung_ = true;
    run_.waiting.push_back(getting);
    return false;
  }

  // Whether an item was obtained.
  bool take(const Call& getting, Obtained& into) {
    t_.expect_one_of(*getting.answer, {Outcome::kOk, Outcome::kEmpty, Outcome::kCorrupted});
    if (getting.answer->outcome == Outcome::kCorrupted) told_ = true;
    if (getting.answer->outcome != Outcome::kOk) return false;
    into.answers.push_back(*getting.answer);
    return true;
  }

  [[nodiscard]] std::int64_t count(const std::function<bool(const Item&)>& wanted) const {
    const auto is_wanted = [&](const Answer& answer) {
      return answer.item() != nullptr && wanted(*answer.item());
    };
    std::int64_t found = std::ranges::count_if(taken_.answers, is_wanted);
    for (const Obtained& each : waited_) found += std::ranges::count_if(each.answers, is_wanted);
    return found;
  }
  [[nodiscard]] std::int64_t count_from(const std::string& from) const {
    return count([&](const Item& item) { return item.from == from; });
  }
  [[nodiscard]] bool has(const Item& wanted) const {
    return count([&](const Item& item) {
             return item.from == wanted.from && item.seq == wanted.seq;
           }) > 0;
  }

  Scenario& t_;
  CrashRun& run_;
  Nanoseconds enough_;
  Nanoseconds becomes_visible_;
  Obtained taken_;                // by one get after the other
  std::vector<Obtained> waited_;  // by gets that had begun before
  Moment struck_ = now();
  std::map<const Call*, Moment> began_;
  std::map<std::int64_t, Moment> put_;  // by their items' numbers
  std::map<const Call*, Fairness> spent_;
  std::string starved_;
  Nanoseconds slowest_{0};
  Nanoseconds slowest_fairly_{0};
  std::int64_t slots_gone_ = 0;
  std::string puts_ = kGoOn;
  std::string gets_ = kGoOn;
  std::string joins_;
  bool hung_ = false;
  bool told_ = false;
  int threads_ = 0;
};

}  // namespace

std::string Aftermath::in_words() const {
  std::string words = all_go_on() ? "survivors go on" : "puts " + puts + ", gets " + gets;
  if (!joins.empty()) words += ", join " + joins;
  if (lost != 0) words += ", " + std::to_string(lost) + " of its items lost";
  if (slots_gone != 0) words += ", " + std::to_string(slots_gone) + " of its slots gone";
  return words;
}

void for_clause(const std::string& clause, const std::function<void()>& check) {
  try {
    check();
  } catch (Failed& failed) {
    failed.clause = clause;
    throw;
  }
}

void interrupt(Scenario& t, const CrashRun& run, Interruption how) {
  const Actor victim{t, run.victim};
  switch (how) {
    case Interruption::kKill:
      t.kill(victim);
      break;
    case Interruption::kTerminate:
      t.session().peer(run.victim).killed = true;  // what it had pending died with it
      t.session().signal(run.victim, SIGTERM);
      t.expect_soon([&] { return t.session().peer(run.victim).dead; },
                    "a process that handles no SIGTERM ends by it", [] { return "it lives"; });
      break;
    case Interruption::kStop:
      t.stop(victim);
      break;
  }
  if (run.standing) t.resume(Actor{t, *run.standing});
}

void observe_deaths(Scenario& t, const std::string& clause,
                    const std::function<std::string(Interruption)>& survivors_after) {
  const std::string killed = survivors_after(Interruption::kKill);
  t.restart();
  const std::string ended = survivors_after(Interruption::kTerminate);
  t.observe(clause, killed == ended ? killed : "killed: " + killed + "; terminated: " + ended);
}

Aftermath look(Scenario& t, CrashRun& run, const std::string& clause, Nanoseconds enough,
               Nanoseconds becomes_visible) {
  run.put_by.try_emplace(run.putter, 0);
  Look look{t, run, enough, becomes_visible};
  look.drain();
  look.put_and_get();
  for_clause(clause, [&] { look.judge(); });
  look.do_tasks();
  look.count_slots();
  const Aftermath found = look.found();
  look.expect_fairness(found);
  return found;
}

}  // namespace psq::conformance
