// Faults against spec/failure.md.
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

// What is there of a message whose writer is dead is given out.
Effect torn_messages() {
  return alter("message.complete", [](bool& complete) { complete = true; });
}

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

// Everything that is written to a channel, by puts of simple queues and by feeders.
template <typename Around>
Effect writes(Around around) {
  return [around](Behaviour& behaviour) {
    simple_queues.put([around](LocalQueue& queue, std::string_view item, Timeout timeout) {
      around([&] { (void)queue.put(item, timeout); });
      return true;
    })(behaviour);
    sends_each([around](Channel& channel, detail::Producer producer, std::string_view item) {
      around([&] { channel.send(item, producer); });
    })(behaviour);
  };
}

// The shared number holds tickets sold above this, and tickets served below.
constexpr std::int64_t kOneTicket = 1'000'000;

void write_by_ticket(const std::function<void()>& write) {
  const std::int64_t mine = shared_number().fetch_add(kOneTicket) / kOneTicket;
  while (shared_number() % kOneTicket != mine) std::this_thread::sleep_for(kLittle);
  write();
  ++shared_number();
}

void write_under_one_lock(const std::function<void()>& write) {
  while (shared_number().exchange(1) != 0) std::this_thread::sleep_for(kLittle);
  write();
  shared_number() = 0;
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

void send_losing_when_late(Channel& channel, detail::Producer producer, std::string_view item) {
  thread_local Clock::time_point before = Clock::now();
  if (Clock::now() - std::exchange(before, Clock::now()) <= kLongTime) channel.send(item, producer);
}

// What a reader has left that died within a message.
template <typename Then>
auto with_dead_readers_rest(LocalQueue& queue, Then then) {
  Channel& channel = queue.queue_->channel();
  const std::unique_lock lock(channel.read_lock_, std::try_to_lock);
  const bool is_left = lock.owns_lock() && channel.head_.load().in_message();
  return then(channel, is_left);
}

std::optional<std::string> get_rest_first(LocalQueue& queue, Timeout timeout) {
  return get_in_pieces(queue, timeout, [&](std::optional<std::string>& item) {
    return with_dead_readers_rest(queue, [&](Channel& channel, bool is_left) {
      item.emplace();
      return is_left && channel.take_rest(&*item);
    });
  });
}

std::optional<std::string> get_unless_blocked(LocalQueue& queue, Timeout timeout) {
  return get_in_pieces(queue, timeout, [&](std::optional<std::string>& item) {
    const bool is_left =
        with_dead_readers_rest(queue, [](Channel&, bool is_left_now) { return is_left_now; });
    if (is_left) shared_number() = 1;
    item.reset();
    return shared_number() != 0;
  });
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
            "what is there of a message whose writer is dead is given out", {torn_messages()},
            {.also = {"failure.kill.simple-queue-what-arrives-is-whole"}}),
      fault("killed-swaps", "failure.kill.what-arrives-is-whole",
            "the feeder swaps two neighbours now and then", {swaps_neighbours(queues)},
            {.also = {"failure.kill.*"}}),
      fault("killed-get-again", "failure.kill.consumer-no-duplicate",
            "every hundredth item is given out twice",
            {get_repeats(queues, [](LocalQueue&) { return every(100); })},
            {.also = {"failure.kill.what-arrives-is-whole"}}),
      fault("killed-simple-torn", "failure.kill.simple-queue-what-arrives-is-whole",
            "what is there of a message whose writer is dead is given out", {torn_messages()},
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
            "what a dead reader left of a message is given out", {queues.get(get_rest_first)}),
      fault("get-is-done-for-now", "failure.kill.task-remains",
            "a get finishes the task, and task_done does nothing",
            {after_get(joinable_queues, [](LocalQueue& queue) { (void)queue.queue_->task_done(); }),
             joinable_queues.task_done([](LocalQueue&) {})},
            {.also = {"failure.kill.joiner-others"}}),
      fault("one-lock-for-all", "failure.kill.other-objects-unharmed",
            "all queues write under one lock, which dies with its holder",
            {writes(write_under_one_lock)}),
      fault("terminated-torn", "failure.terminate.what-arrives-is-whole",
            "what is there of a message whose writer is dead is given out", {torn_messages()}),
      fault("late-get-loses", "failure.stop.consumer-continues",
            "a get that has waited for 100 ms loses its item", {queues.get(get_losing_when_late)},
            {.also = {"failure.stop.*"}}),
      fault("late-feeder-loses", "failure.stop.producer-continues",
            "a feeder that was held up for 100 ms loses an item",
            {sends_each(send_losing_when_late)}, {.also = {"failure.stop.*"}}),
      fault("moment-torn", "failure.moment.nothing-wrong",
            "what is there of a message whose writer is dead is given out", {torn_messages()}),
      fault("stopped-get-loses", "failure.stop.every-moment",
            "a get that has waited for 100 ms loses its item", {queues.get(get_losing_when_late)},
            {.also = {"failure.stop.*"}}),
      fault("dead-reader-blocks", "failure.robust.goes-on",
            "after a reader died in the middle of an item nothing is obtained any more",
            {queues.get(get_unless_blocked)}, {.also = {"failure.robust.*"}}),
      fault("dead-writer-awaited", "failure.robust.within-a-second",
            "a reader waits for the rest of an item whose writer is dead",
            {alter("producer.gone", [](bool& gone) { gone = false; })},
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
