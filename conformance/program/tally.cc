#include "program/tally.h"

#include <algorithm>

namespace psq::conformance {
namespace {

// No timeout of a program or of its helper is so long.
constexpr auto kSurelyOver = std::chrono::milliseconds{1500};

bool concerns(const PlannedCall& call, const Lane& lane, Kind kind) {
  if (call.object != lane.object) return false;
  if (!is_pipe(kind)) return true;
  return (puts(call.operation) ? call.end : 1 - call.end) == lane.sender;
}

void count(Tally& counts, Operation operation) {
  if (puts(operation)) ++counts.put;
  if (gets(operation)) ++counts.got;
  if (operation == Operation::kTaskDone) ++counts.tasks_done;
}

bool has_no_end(const PlannedCall& call) {
  const bool waits =
      puts(call.operation) || gets(call.operation) || call.operation == Operation::kJoin;
  return waits && call.time == kNoEnd;
}

void count_pending(Tally& counts, const Running& thread, const PlannedCall& call) {
  if (!has_no_end(call)) {
    if (monotonic_now() - thread.newest() > kSurelyOver) counts.bounded = &thread;
    return;
  }
  if (puts(call.operation)) {
    ++counts.putting;
    counts.to_put += thread.in_a_row();
  }
  if (gets(call.operation)) {
    ++counts.getting;
    counts.to_get += thread.in_a_row();
  }
  if (call.operation == Operation::kJoin) ++counts.joining;
}

const Running* first_in(const std::vector<Running>& threads, const Lane& lane, Kind kind,
                        Operation operation) {
  for (const Running& thread : threads) {
    const PlannedCall* call = thread.pending();
    if (call != nullptr && call->operation == operation && concerns(*call, lane, kind))
      return &thread;
  }
  return nullptr;
}

bool is_used(const Program& program, const std::vector<Running>& threads, const Lane& lane,
             bool by_sender) {
  const Kind kind = program.objects[lane.object].kind;
  return std::ranges::any_of(threads, [&](const Running& thread) {
    return !thread.done() && std::ranges::any_of(thread.calls, [&](const PlannedCall& call) {
      return concerns(call, lane, kind) && puts(call.operation) == by_sender;
    });
  });
}

std::string in_words(std::int64_t count, const std::string& what) {
  return std::to_string(count) + " " + what;
}

// How many items there are, between what is sure and what is possible.
struct Range {
  Tally least;
  Tally most;
};

Owed owed_of(const Program& program, const std::vector<Running>& threads, const Lane& lane,
             const Range& range) {
  const ObjectPlan& object = program.objects[lane.object];
  const Tally& counts = range.least;
  const std::string page = page_of(object.kind);
  const auto in = [&](Operation each) { return first_in(threads, lane, object.kind, each); };
  if (counts.bounded != nullptr)
    return {.thread = counts.bounded, .why = "a call that has an end of its own does not end"};
  if (counts.getting > 0 && counts.items() > 0) {
    return {
        .thread = in(get_of(object.kind)),
        .clause = page + (is_pipe(object.kind) ? ".recv.waits-for-message" : ".get.waits-for-item"),
        .why = "it waits for ever with " + in_words(counts.items(), "items there")};
  }
  const bool buffered = is_timed(object.kind);
  const bool has_room = object.maxsize == 0 || range.most.items() < object.maxsize;
  if (counts.putting > 0 && buffered && has_room) {
    return {.thread = in(put_of(object.kind)),
            .clause = object.maxsize > 0 ? "queue.put.blocks-when-full"
                                         : "queue.put.returns-without-consumer",
            .why = "it waits for ever with " + in_words(range.most.items(), "slots taken")};
  }
  if (counts.putting > 0 && counts.getting > 0 && !buffered) {
    return {.thread = in(put_of(object.kind)),
            .clause = is_pipe(object.kind) ? "pipe.send.waits-for-room"
                                           : "simple-queue.put.large-later-consumer",
            .why = "it waits for ever, and so does who would take its item"};
  }
  if (counts.joining > 0 && range.most.unfinished() == 0) {
    return {.thread = in(Operation::kJoin),
            .clause = "joinable-queue.join.returns-at-zero",
            .why = "it waits for ever with no unfinished task"};
  }
  return {};
}

}  // namespace

std::vector<Lane> lanes_of(const Program& program) {
  std::vector<Lane> lanes;
  for (std::size_t i = 0; i < program.objects.size(); ++i) {
    const Kind kind = program.objects[i].kind;
    lanes.push_back({.object = i, .sender = is_pipe(kind) ? 1 : 0});
    if (kind == Kind::kDuplexPipe) lanes.push_back({.object = i, .sender = 0});
  }
  return lanes;
}

const PlannedCall* Running::pending() const {
  const std::size_t made = call->events.size();
  return done() || made >= calls.size() ? nullptr : &calls[made];
}

Nanoseconds Running::newest() const {
  return call->events.empty() ? call->sent : call->events.back().returned;
}

std::int64_t Running::in_a_row() const {
  const PlannedCall* first = pending();
  std::int64_t count = 0;
  for (std::size_t i = call->events.size(); first != nullptr && i < calls.size(); ++i, ++count) {
    if (calls[i] != *first) break;
  }
  return count;
}

Tally tally(const Program& program, const std::vector<Running>& threads, const Lane& lane) {
  const Kind kind = program.objects[lane.object].kind;
  Tally counts;
  for (const Running& thread : threads) {
    for (std::size_t i = 0; i < std::min(thread.calls.size(), thread.call->events.size()); ++i) {
      if (thread.call->events[i].outcome == Outcome::kOk && concerns(thread.calls[i], lane, kind))
        count(counts, thread.calls[i].operation);
    }
    const PlannedCall* call = thread.pending();
    if (call != nullptr && concerns(*call, lane, kind)) count_pending(counts, thread, *call);
  }
  return counts;
}

bool has_sender(const Program& program, const std::vector<Running>& threads, const Lane& lane) {
  return is_used(program, threads, lane, true);
}

bool has_receiver(const Program& program, const std::vector<Running>& threads, const Lane& lane) {
  return is_used(program, threads, lane, false);
}

std::string page_of(Kind kind) {
  switch (kind) {
    case Kind::kQueue:
      return "queue";
    case Kind::kJoinableQueue:
      return "joinable-queue";
    case Kind::kSimpleQueue:
      return "simple-queue";
    default:
      return "pipe";
  }
}

Owed owed(const Program& program, const std::vector<Running>& threads, const Lane& lane) {
  const Tally counts = tally(program, threads, lane);
  return owed_of(program, threads, lane, {.least = counts, .most = counts});
}

Owed owed_beside(const Program& program, const std::vector<Running>& threads, const Lane& lane,
                 std::size_t stopped) {
  std::vector<Running> others;
  std::vector<Running> theirs;
  std::int64_t may_get = 0;
  std::int64_t may_put = 0;
  const Kind kind = program.objects[lane.object].kind;
  for (const Running& thread : threads) {
    (thread.process == stopped ? theirs : others).push_back(thread);
    const PlannedCall* call = thread.process == stopped ? thread.pending() : nullptr;
    if (call == nullptr || !concerns(*call, lane, kind)) continue;
    may_get += gets(call->operation) ? 1 : 0;
    may_put += puts(call->operation) ? 1 : 0;
  }
  const Tally moved = tally(program, theirs, lane);
  Range range{.least = tally(program, others, lane), .most = tally(program, others, lane)};
  range.least.got += moved.got + may_get;
  if (!is_timed(kind)) range.least.put += moved.put;
  range.most.got += moved.got;
  range.most.put += moved.put + may_put;
  range.most.tasks_done += moved.tasks_done;
  // What points into a list of its own would outlive it.
  Owed call = owed_of(program, others, lane, range);
  if (call.thread == nullptr) return call;
  const auto same = std::ranges::find(threads, call.thread->call, &Running::call);
  call.thread = &*same;
  return call;
}

}  // namespace psq::conformance
