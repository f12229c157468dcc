// Faults against spec/failure.md.
#include <unistd.h>

#include <fstream>
#include <string>
#include <thread>

#include "effects.h"
#include "faults/tables.h"
#include "feeder_effects.h"
#include "item_effects.h"
#include "psq/error.h"
#include "queue_effects.h"
#include "state.h"

namespace psq::faulty {
namespace {

using namespace std::chrono_literals;
using detail::Clock;

constexpr auto kLongTime = 100ms;
constexpr auto kLittle = 5ms;
constexpr auto kWriting = 500ms;
constexpr std::size_t kVeryLong = std::size_t{1} << 20;
constexpr std::size_t kPiece = 100'000;
constexpr char kMore = 'm';
constexpr char kLast = 'l';

bool put_taking_ahead(LocalQueue& queue, std::string_view item, Timeout timeout) {
  const bool is_put = queue.put(item, timeout);
  if (is_put && process_number().exchange(1) == 0) take_extra_slot(*queue.queue_);
  return is_put;
}

// The place that a waiting put holds is not in its own way.
bool put_holding_place(LocalQueue& queue, std::string_view item, Timeout timeout) {
  QueueMemory& memory = *queue.queue_;
  change_extra_slots(memory, +1);
  const bool is_free = memory.free_slot().wait(
      Deadline::after(timeout), [&] { return memory.slots_in_use() - 1 < memory.bound_; });
  change_extra_slots(memory, -1);
  return is_free && queue.put(item, no_wait);
}

// How a long item is visible before it is complete, while the shared number is the writer's pid.
struct Early {
  bool has_all_bytes;
  bool is_dead_writer_awaited;
  std::chrono::milliseconds reader_waits;
};

// Also when its parent has not looked yet.
bool is_dead(std::int64_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  if (!std::getline(status, line)) return true;
  const std::size_t state = line.rfind(')') + 2;
  return state < line.size() && line[state] == 'Z';
}

void send_early(const QueuePointer& queue, detail::Producer producer, std::string_view item,
                bool has_all_bytes) {
  Channel& channel = queue->channel();
  if (channel.is_short(item.size())) return send(queue, producer, item);
  const std::size_t half = has_all_bytes ? item.size() : item.size() / 2;
  std::string begun(item.substr(0, half));
  begun.resize(item.size());
  auto extent = channel.fill(queue.memory(), begun, detail::Deadline::never());
  const std::uint64_t begin = extent.extent->begin;
  {
    const auto guard = channel.lock_with_room(queue.memory(), detail::Deadline::never());
    shared_number() = getpid();
    channel.append_long(item.size(), extent, producer);
  }
  channel.message_.notify_one();
  // Long enough for a kill at any time to find it unfinished.
  std::this_thread::sleep_for(item.size() > kVeryLong ? kWriting : 2ms);
  queue.memory().write_behind(begin + half, item.substr(half));
  shared_number() = 0;
}

// A reader waits for the rest for some time.
Effect is_visible_early(Early early) {
  return [early](Behaviour& behaviour) {
    writes([early](const QueuePointer& queue, detail::Producer producer, std::string_view item) {
      send_early(queue, producer, item, early.has_all_bytes);
    })(behaviour);
    at_point("extent-claimed", [early] {
      const auto end = Clock::now() + early.reader_waits;
      while (shared_number() > 0 && Clock::now() < end) {
        if (!early.is_dead_writer_awaited && is_dead(shared_number())) break;
        std::this_thread::sleep_for(1ms);
      }
    })(behaviour);
  };
}

Effect torn_messages() {
  return is_visible_early(
      {.has_all_bytes = false, .is_dead_writer_awaited = false, .reader_waits = 2 * kWriting});
}

// The shared number holds tickets sold above this, and tickets served below.
constexpr std::int64_t kOneTicket = 1'000'000;

void write_by_ticket(const QueuePointer& queue, detail::Producer producer, std::string_view item) {
  const std::int64_t mine = shared_number().fetch_add(kOneTicket) / kOneTicket;
  while (shared_number() % kOneTicket != mine) std::this_thread::sleep_for(kLittle);
  send(queue, producer, item);
  ++shared_number();
}

void write_under_one_lock(const QueuePointer& queue, detail::Producer producer,
                          std::string_view item) {
  while (shared_number().exchange(1) != 0) std::this_thread::sleep_for(kLittle);
  send(queue, producer, item);
  if (item.size() > kVeryLong) std::this_thread::sleep_for(kWriting);
  shared_number() = 0;
}

// A lock of the queue that the death of its holder frees. The wait for room is within it.
void write_waiting_with_lock(const QueuePointer& queue, detail::Producer producer,
                             std::string_view item) {
  auto& lock = shared_number_of(queue->mark().inode);
  for (std::int64_t holder = 0; !lock.compare_exchange_weak(holder, getpid());) {
    if (holder == getpid() || !is_dead(holder)) holder = 0;
    if (holder == 0) std::this_thread::sleep_for(1ms);
  }
  send(queue, producer, item);
  lock = 0;
}

// Every other item that comes while another get waits, or died while it waited, is that one's.
std::optional<std::string> get_by_turns(LocalQueue& queue, Timeout timeout) {
  for (;;) {
    ++shared_number();
    auto item = queue.get(timeout);
    const bool is_alone = !item || shared_number().fetch_sub(1) <= 1;
    if (is_alone || !every(2)) return item;
  }
}

std::optional<std::string> get_losing_when_late(LocalQueue& queue, Timeout timeout) {
  for (;;) {
    const auto begin = Clock::now();
    auto item = queue.get(timeout);
    if (!item || Clock::now() - begin <= kLongTime) return item;
  }
}

void send_losing_when_late(const QueuePointer& queue, detail::Producer producer,
                           std::string_view item) {
  thread_local Clock::time_point before = Clock::now();
  if (Clock::now() - std::exchange(before, Clock::now()) <= kLongTime) send(queue, producer, item);
}

// An item travels as several, each with a first byte that says whether it is the last one.
bool put_in_pieces(LocalQueue& queue, std::string_view item, Timeout timeout) {
  while (shared_number().exchange(1) != 0) std::this_thread::sleep_for(kLittle);
  bool is_last = false;
  while (!is_last) {
    const std::string_view piece = item.substr(0, kPiece);
    item.remove_prefix(piece.size());
    is_last = item.empty();
    (void)queue.put((is_last ? kLast : kMore) + std::string(piece), timeout);
  }
  shared_number() = 0;
  return true;
}

std::optional<std::string> get_in_pieces(LocalQueue& queue, Timeout timeout) {
  auto piece = queue.get(timeout);
  if (!piece) return std::nullopt;
  std::string item = piece->substr(1);
  while (piece->front() != kLast) {
    piece = queue.get(forever);
    item += piece->substr(1);
  }
  return item;
}

std::optional<std::string> get_with_fragile_lock(LocalQueue& queue, Timeout timeout) {
  const auto deadline = detail::Deadline::after(timeout);
  while (shared_number().exchange(1) != 0) {
    if (deadline.has_passed()) return std::nullopt;
    std::this_thread::sleep_for(1ms);
  }
  const std::shared_ptr<void> unlock(nullptr, [](void*) { shared_number() = 0; });
  return queue.get(timeout);
}

thread_local bool joins = false;

bool join_without_the_dead(LocalQueue& queue, Timeout timeout) {
  joins = true;
  const bool is_zero = queue.join(timeout);
  joins = false;
  return is_zero;
}

}  // namespace

std::vector<Fault> failure_faults() {
  return {
      fault("slot-taken-ahead", "failure.kill.idle-holder-harmless",
            "the first put of a process takes a slot for the next one, too",
            {counts_extra_slots(), queues.put(put_taking_ahead)}, {.also = {"failure.kill.*"}}),
      fault("killed-torn", "failure.kill.what-arrives-is-whole",
            "an item that its writer died writing is given out", {torn_messages()},
            {.also = {"failure.kill.simple-queue-what-arrives-is-whole"}}),
      fault("killed-swaps", "failure.kill.what-arrives-is-whole",
            "the feeder swaps two neighbours now and then", {swaps_neighbours(queues)},
            {.also = {"failure.kill.*"}}),
      fault("killed-get-again", "failure.kill.consumer-no-duplicate",
            "every hundredth item is given out twice",
            {get_repeats(queues, [](LocalQueue&) { return every(100); })},
            {.also = {"failure.kill.what-arrives-is-whole"}}),
      fault("killed-simple-torn", "failure.kill.simple-queue-what-arrives-is-whole",
            "an item that its writer died writing is given out", {torn_messages()},
            {.also = {"failure.kill.what-arrives-is-whole"}}),
      fault("killed-simple-late", "failure.kill.simple-queue-what-arrives-is-whole",
            "every other item stays in the process until its next put",
            {put_keeps_back(simple_queues, LateItem::kComesFirst,
                            [](std::string_view) { return every(2); })},
            {.also = {"failure.kill.*"}}),
      fault("putter-holds-place", "failure.kill.waiting-putter-harmless",
            "a put that waits holds a place in the queue already",
            {counts_extra_slots(), queues.put(put_holding_place)}),
      fault("writers-by-ticket", "failure.kill.waiting-writer-harmless",
            "writers are served in the order of their tickets, the dead as well",
            {writes(write_by_ticket)}, {.also = {"failure.kill.other-objects-unharmed"}}),
      fault("getter-behind-served", "failure.kill.getter-behind-harmless",
            "every other item goes to a get that was killed while it waited",
            {queues.get(get_by_turns)}, {.also = {"failure.kill.*"}}),
      fault("dead-getter-served", "failure.kill.waiting-getter-loses-nothing",
            "every other item goes to a get that was killed while it waited",
            {queues.get(get_by_turns)}, {.also = {"failure.kill.*"}}),
      fault("dead-reader-rest", "failure.kill.reader-in-message",
            "what a dead reader left of an item is given out",
            {simple_queues.put(put_in_pieces), simple_queues.get(get_in_pieces)},
            // The pieces of an item stay together by one lock for all queues, which dies with its
            // holder.
            {.also = {"failure.kill.other-objects-unharmed"}}),
      fault("get-is-done-for-now", "failure.kill.task-remains",
            "a get finishes the task, and task_done does nothing",
            {after_get(joinable_queues, [](LocalQueue& queue) { (void)queue.queue_->task_done(); }),
             joinable_queues.task_done([](LocalQueue&) {})},
            {.also = {"failure.kill.joiner-others"}}),
      fault("one-lock-for-all", "failure.kill.other-objects-unharmed",
            "all queues write under one lock, which dies with its holder",
            {writes(write_under_one_lock)}),
      fault("terminated-torn", "failure.terminate.what-arrives-is-whole",
            "an item that its writer died writing is given out", {torn_messages()}),
      fault("late-get-loses", "failure.stop.consumer-continues",
            "a get that has waited for 100 ms loses its item", {queues.get(get_losing_when_late)},
            {.also = {"failure.stop.*"}}),
      fault("late-feeder-loses", "failure.stop.producer-continues",
            "a feeder that was held up for 100 ms loses an item",
            {sends_each(send_losing_when_late)}, {.also = {"failure.stop.*"}}),
      fault("moment-torn", "failure.moment.nothing-wrong",
            "an item that its writer died writing is given out", {torn_messages()}),
      fault("stopped-get-loses", "failure.stop.every-moment",
            "a get that has waited for 100 ms loses its item", {queues.get(get_losing_when_late)},
            {.also = {"failure.stop.*"}}),
      fault("dead-getter-blocks", "failure.robust.goes-on",
            "a get that dies while it waits keeps a lock that every get needs",
            {queues.get(get_with_fragile_lock)}, {.also = {"failure.robust.*"}}),
      fault("waiting-writer-locks", "failure.robust.stop-delays-none",
            "a put that waits for room keeps a lock that every put needs",
            {writes(write_waiting_with_lock)}),
      fault("dead-writer-awaited", "failure.robust.within-a-second",
            "a get waits 4 s for the end of a put whose process is dead",
            {is_visible_early(
                {.has_all_bytes = true, .is_dead_writer_awaited = true, .reader_waits = 4s})},
            {.also = {"failure.robust.*"}}),
      fault("dead-slots-stay", "failure.robust.slots-return",
            "what a dead process had put and not sent keeps its slots",
            {alter("process.dead", [](bool& dead) { dead = false; })},
            {.also = {"failure.robust.*"}}),
      fault("dead-tasks-stay", "failure.robust.tasks-return",
            "join waits for the tasks of what a dead process had put and not sent",
            {alter("process.dead", [](bool& dead) { dead = dead && !joins; }),
             joinable_queues.join(join_without_the_dead)}),
  };
}

}  // namespace psq::faulty
