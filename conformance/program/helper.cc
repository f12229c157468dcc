#include "program/helper.h"

#include <algorithm>

namespace psq::conformance {
namespace {

constexpr auto kShortly = 50ms;
// An item that is there is obtained at once: after this long there is none.
constexpr auto kSurely = 1s;
constexpr std::size_t kRoot = SIZE_MAX;

int receiving_end(const Lane& lane, Kind kind) { return is_pipe(kind) ? 1 - lane.sender : 0; }

Request repeated(const Request& request, std::int64_t count) {
  return count > 1 ? request.repeated(count) : request;
}

}  // namespace

const Object& Handles::at(std::size_t object, int end) const {
  const auto& ends = of_object.at(object);
  return ends.at(ends.size() > 1 ? static_cast<std::size_t>(end) : 0);
}

// A thread in a call can make no other call.
std::string Helper::free_thread() const {
  for (int number = 1;; ++number) {
    const std::string name = "helper" + std::to_string(number);
    const bool busy = std::ranges::any_of(threads_, [&](const Running& each) {
      return each.process == kRoot && each.call->request.thread == name && !each.done();
    });
    if (!busy) return name;
  }
}

const Running& Helper::start(std::vector<Request> operations, std::vector<PlannedCall> calls) {
  const Request list = run(std::move(operations)).stopping_on_error();
  const Call& call = t_.start("root", list.by(free_thread()));
  threads_.push_back({.process = kRoot, .call = &call, .calls = std::move(calls)});
  return threads_.back();
}

const Running& Helper::take_items(const Lane& lane, std::int64_t count, Nanoseconds timeout) {
  const int end = receiving_end(lane, kind(lane));
  const Object& from = handles_.at(lane.object, end);
  const Request one = is_pipe(kind(lane)) ? recv(from)
                      : timed(lane)       ? get(from, within(timeout))
                                          : get(from);
  const PlannedCall call{.operation = get_of(kind(lane)),
                         .object = lane.object,
                         .end = end,
                         .time = timed(lane) ? timeout : kNoEnd};
  return start({repeated(one, count)}, {static_cast<std::size_t>(count), call});
}

void Helper::give(const Lane& lane, std::int64_t count) {
  const Object& to = handles_.at(lane.object, lane.sender);
  const Item item = t_.item("root" + suffix_, given_);
  given_ += count;
  const Request one = is_pipe(kind(lane)) ? send(to, item)
                      : timed(lane)       ? put(to, item, within(kShortly))
                                          : put(to, item);
  const PlannedCall call{.operation = put_of(kind(lane)),
                         .object = lane.object,
                         .end = lane.sender,
                         .time = timed(lane) ? Nanoseconds{kShortly} : kNoEnd};
  start({repeated(one, count)}, {static_cast<std::size_t>(count), call});
}

void Helper::finish_tasks(const Lane& lane, std::int64_t count) {
  const Object& of = handles_.at(lane.object, 0);
  const PlannedCall call{
      .operation = Operation::kTaskDone, .object = lane.object, .end = 0, .time = kNoEnd};
  start({repeated(task_done(of), count)}, {static_cast<std::size_t>(count), call});
}

bool Helper::take(const Lane& lane) {
  if (is_pipe(kind(lane)) && has_receiver(program_, threads_, lane)) return false;
  const std::int64_t items = tally(program_, threads_, lane).items();
  if (items > 0) take_items(lane, items, kShortly);
  return items > 0;
}

bool Helper::found_nothing(const Lane& lane) const {
  for (auto each = threads_.rbegin(); each != threads_.rend(); ++each) {
    const bool gets_here = each->process == kRoot && each->calls[0].object == lane.object &&
                           gets(each->calls[0].operation);
    if (!gets_here) continue;
    return each->done() && !each->call->events.empty() &&
           each->call->events.back().outcome == Outcome::kEmpty;
  }
  return false;
}

bool Helper::intervene_in_pipe(const Lane& lane, const Tally& counts) {
  if (counts.putting > 0 && !has_receiver(program_, threads_, lane)) {
    if (counts.in_the_way() == 0) return false;  // the end of the put is on its way
    take_items(lane, counts.in_the_way(), kShortly);
  } else if (counts.getting > 0 && !has_sender(program_, threads_, lane)) {
    give(lane, counts.to_get);
  } else {
    return false;
  }
  return true;
}

bool Helper::intervene(const Lane& lane) {
  const Tally counts = tally(program_, threads_, lane);
  if (is_pipe(kind(lane))) return intervene_in_pipe(lane, counts);
  if (counts.putting > 0) {
    if (counts.in_the_way() == 0) return false;  // the end of the put is on its way
    take_items(lane, counts.in_the_way(), kShortly);
  } else if (counts.getting > 0) {
    give(lane, counts.to_get);
  } else if (counts.joining > 0 && has_kills(program_)) {
    // A killed consumer may have taken items with it, and their tasks stay. One call of task_done
    // too many ends the list.
    if (counts.items() > 0) take_items(lane, counts.items(), kShortly);
    finish_tasks(lane, std::max<std::int64_t>(0, counts.unfinished()) + 1);
  } else if (counts.joining > 0 && counts.items() > 0) {
    take_items(lane, counts.items(), kShortly);
  } else if (counts.joining > 0 && counts.unfinished() > 0) {
    finish_tasks(lane, counts.unfinished());
  } else {
    return false;
  }
  return true;
}

bool Helper::finish(const Running& list, Nanoseconds hang_bound) {
  const Call& call = *list.call;
  const Awaited awaited =
      t_.session().await([&] { return call.answer.has_value(); }, hang_bound / FairBound::kHangs,
                         [&] { return call.events.size(); });
  if (awaited.state == FairBound::State::kUndecided)
    throw Inconclusive{"a call at the end of a program: " + awaited.spent.in_words()};
  return awaited.ended();
}

// No value when the call hangs.
std::optional<bool> Helper::there_is_one(const Lane& lane, Nanoseconds timeout,
                                         Nanoseconds hang_bound) {
  const int end = receiving_end(lane, kind(lane));
  const Object& from = handles_.at(lane.object, end);
  const bool pipe = is_pipe(kind(lane));
  const PlannedCall call{.operation = pipe ? Operation::kPoll : Operation::kEmpty,
                         .object = lane.object,
                         .end = end,
                         .time = timeout};
  const Running& list = start({pipe ? poll(from, timeout) : empty(from)}, {call});
  const Call& asked = *list.call;
  if (!finish(list, hang_bound)) return std::nullopt;
  if (asked.events.empty() || asked.events[0].outcome != Outcome::kOk) return false;
  return asked.events[0].value.boolean.value_or(false) == pipe;
}

// A killed consumer may have taken items with it that a list of the helper waits for.
bool Helper::end_own_gets(const Lane& lane, Nanoseconds hang_bound) {
  const std::int64_t missing = tally(program_, threads_, lane).to_get;
  if (missing > 0) give(lane, missing);
  return std::ranges::all_of(threads_, [&](const Running& each) {
    return each.process != kRoot || each.done() || finish(each, hang_bound);
  });
}

// The object may hold a part of an item, which cannot be obtained: an item behind it can be.
bool Helper::read_up_to_own(const Lane& lane, Nanoseconds hang_bound) {
  if (!end_own_gets(lane, hang_bound)) return false;
  const std::int64_t own = given_;
  give(lane, 1);
  while (true) {
    const Call& call = *take_items(lane, 1, kSurely).call;
    if (!finish(threads_.back(), hang_bound)) return false;
    const Item* item = call.events.empty() ? nullptr : call.events.back().item();
    if (item == nullptr) return true;  // an outcome that is judged with the rest
    if (item->from == "root" + suffix_ && item->seq == own) return true;
  }
}

bool Helper::empty_out(const Lane& lane, Nanoseconds hang_bound) {
  if (has_kills(program_) && kind(lane) == Kind::kSimpleQueue)
    return read_up_to_own(lane, hang_bound);
  while (true) {
    const std::int64_t items = tally(program_, threads_, lane).items();
    const Nanoseconds patience = t_.patient(items > 0 ? Nanoseconds{kSurely} : 10ms);
    if (!timed(lane)) {
      const auto one = there_is_one(lane, patience, hang_bound);
      if (!one.value_or(false)) return one.has_value();
    }
    const Running& list =
        take_items(lane, timed(lane) ? std::max<std::int64_t>(1, items) : 1, patience);
    const Call& call = *list.call;
    if (!finish(list, hang_bound)) return false;
    if (call.events.empty() || call.events.back().outcome != Outcome::kOk) return true;
  }
}

}  // namespace psq::conformance
