// Faults against spec/joinable-queue.md.
#include <thread>

#include "effects.h"
#include "faults/tables.h"
#include "feeder_effects.h"
#include "item_effects.h"
#include "process_effects.h"
#include "psq/error.h"
#include "queue_effects.h"
#include "searches.h"
#include "state.h"
#include "timeout_effects.h"
#include "waiting_effects.h"

namespace psq::faulty {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kLargeBytes = std::size_t{1} << 20;

// What a put does that is refused because of the count of tasks.
template <typename Then>
Effect put_overflowing(Then then) {
  return joinable_queues.put([then](LocalQueue& queue, std::string_view item, Timeout timeout) {
    try {
      return queue.put(item, timeout);
    } catch (const CountOverflow&) {
      return then(queue, item);
    }
  });
}

bool put_beyond_count(LocalQueue& queue, std::string_view item) {
  count_item_anyway(queue);
  buffer_item(queue, item);
  return true;
}

bool put_counting_late(LocalQueue& queue, std::string_view item, Timeout timeout) {
  if (!every(50)) return queue.put(item, timeout);
  change_tasks(*queue.queue_, -1);
  const bool is_put = queue.put(item, timeout);
  std::this_thread::sleep_for(5ms);
  change_tasks(*queue.queue_, +1);
  return is_put;
}

bool put_counting_refused(LocalQueue& queue, std::string_view item, Timeout timeout) {
  const bool is_put = queue.put(item, timeout);
  if (!is_put) change_tasks(*queue.queue_, +1);
  return is_put;
}

void free_slot_and_finish(LocalQueue& queue) {
  change_extra_slots(*queue.queue_, -1);
  queue.queue_->slots_freed(1);
  queue.task_done();
}

void task_done_unchecked(LocalQueue& queue) {
  try {
    queue.task_done();
  } catch (const TaskDoneTooOften&) {
  }
}

void task_done_giving_credit(LocalQueue& queue) {
  try {
    queue.task_done();
  } catch (const TaskDoneTooOften&) {
    shared_number() = 1;
    throw;
  }
}

bool put_with_credit(LocalQueue& queue, std::string_view item, Timeout timeout) {
  if (shared_number().exchange(0) == 0) return queue.put(item, timeout);
  const bool is_put = queue.put(item, timeout);
  if (is_put) change_tasks(*queue.queue_, -1);
  return is_put;
}

// Sees the count come to zero, but not that it is zero.
bool join_missing_zero(LocalQueue& queue, Timeout timeout) {
  QueueMemory& memory = *queue.queue_;
  const std::uint64_t noted = memory.zero_at_;
  return memory.no_tasks_.wait(Deadline::after(timeout), [&] { return memory.zero_at_ != noted; });
}

bool join_once(LocalQueue& queue, Timeout timeout) {
  if (shared_number() > 0) return true;
  const bool is_zero = queue.join(timeout);
  shared_number() = 1;
  return is_zero;
}

bool join_alone(LocalQueue& queue, Timeout timeout) {
  if (process_number().fetch_add(1) > 0) hang();
  const bool is_zero = queue.join(timeout);
  --process_number();
  return is_zero;
}

void task_done_when_alone(LocalQueue& queue) {
  wait_for_calls_in_progress();
  queue.task_done();
}

// Holds a lock, which a put needs, until each join has seen that the count is zero: one task_done
// at a time.
constexpr std::int64_t kLocked = 1 << 20;

void task_done_waking_each(LocalQueue& queue) {
  queue.task_done();
  if (!queue.join(no_wait)) return;
  shared_number() += kLocked;
  while (shared_number() > kLocked) std::this_thread::sleep_for(kStep);
  shared_number() -= kLocked;
}

bool put_locking(LocalQueue& queue, std::string_view item, Timeout timeout) {
  while (shared_number() >= kLocked) std::this_thread::sleep_for(kStep);
  return queue.put(item, timeout);
}

}  // namespace

std::vector<Fault> joinable_queue_faults() {
  return {
      fault("joinable-get-gives-up-after-10s", "joinable-queue.get.waits-for-item",
            "get without a timeout gives up after 10 s",
            {get_within(joinable_queues, forever_is(10s))}, {.thorough = true}),
      fault("join-gives-up-after-10s", "joinable-queue.join.waits-for-tasks",
            "join returns after 10 s at the latest",
            {joinable_queues.join([](LocalQueue& queue, Timeout) {
              (void)queue.join(10s);
              return true;
            })},
            {.thorough = true}),
      fault("task-done-waits-for-join", "joinable-queue.task-done.never-waits",
            "task_done waits while a join does",
            {counts_joins(), joinable_queues.task_done(task_done_when_alone)},
            {.also = {"joinable-queue.task-done.*"}}),
      fault("task-done-wakes-each", "joinable-queue.task-done.stopped-joiner",
            "the last task_done waits until each join has woken up",
            {counts_joins(), joinable_queues.task_done(task_done_waking_each)}),
      fault("put-waits-for-task-done", "joinable-queue.put.stopped-joiner",
            "a put waits while the last task_done waits until each join has woken up",
            {counts_joins(), joinable_queues.task_done(task_done_waking_each),
             joinable_queues.put(put_locking)}),
      fault("join-does-not-wait", "joinable-queue.join.waits-for-tasks", "join returns at once",
            {joinable_queues.join([](LocalQueue&, Timeout) { return true; })},
            {.also = {"joinable-queue.join.*"}}),
      fault(
          "get-is-task-done", "joinable-queue.join.get-alone-does-not-count",
          "a get counts as a finished task",
          {after_get(joinable_queues, [](LocalQueue& queue) { (void)queue.queue_->task_done(); })},
          {.also = {"joinable-queue.join.*"}}),
      fault("task-done-unchecked", "joinable-queue.task-done.too-often",
            "task_done without a task succeeds", {joinable_queues.task_done(task_done_unchecked)},
            {.also = {"joinable-queue.task-done.*"}}),
      fault("task-done-after-close", "joinable-queue.close.keeps-tasks", "close disables task_done",
            {joinable_queues.task_done([](LocalQueue& queue) {
              queue.check_open();
              queue.task_done();
            })}),
      fault("overflow-unchecked", "joinable-queue.put.count-overflow",
            "the count of unfinished tasks grows beyond its largest",
            {put_overflowing(put_beyond_count)},
            {.also = {"joinable-queue.put.overflow-without-effect"}}),
      fault("join-misses-zero", "joinable-queue.join.returns-at-zero",
            "join waits for the count to come to zero, also when it is zero",
            {joinable_queues.join(join_missing_zero)}),
      fault("join-late", "joinable-queue.join.returns-at-zero", "join takes half a second",
            {joinable_queues.join([](LocalQueue& queue, Timeout timeout) {
              std::this_thread::sleep_for(500ms);
              return queue.join(timeout);
            })}),
      fault("second-joiner-forgotten", "joinable-queue.join.releases-all",
            "a second join in one process is never released", {joinable_queues.join(join_alone)},
            {.also = {"joinable-queue.join.every-producer"},
             .search = in_tasks({"join.returns-at-zero", "join.releases-all"})}),
      fault("join-in-crowd-sleeps", "joinable-queue.join.releases-all",
            "a join that begins while 32 others wait is never released", {joins_in_crowd_sleep()}),
      fault("join-once", "joinable-queue.join.again-after-zero",
            "join does not wait any more once the count has been zero",
            {joinable_queues.join(join_once)}),
      fault("join-for-producers-only", "joinable-queue.join.every-producer",
            "join waits only in processes that have put something",
            {joinable_queues.put(put_noting),
             joinable_queues.join([](LocalQueue& queue, Timeout timeout) {
               return process_number() == 0 || queue.join(timeout);
             })},
            {.also = {"joinable-queue.join.releases-all"},
             .search = in_tasks({"join.waits-for-tasks", "join.every-producer"})}),
      fault("task-done-for-getters-only", "joinable-queue.task-done.any-process",
            "task_done counts only in processes that have obtained something",
            {after_get(joinable_queues, [](LocalQueue&) { process_number() = 1; }),
             joinable_queues.task_done([](LocalQueue& queue) {
               if (process_number() != 0) queue.task_done();
             })},
            {.also = {"joinable-queue.task-done.*"}}),
      fault("credit-after-too-often", "joinable-queue.task-done.usable-after-too-often",
            "a task_done too many makes the next put uncounted",
            {joinable_queues.task_done(task_done_giving_credit),
             joinable_queues.put(put_with_credit)},
            {.also = {"joinable-queue.task-done.too-often"}}),
      fault("task-done-after-get-only", "joinable-queue.task-done.before-get",
            "task_done is refused when every item obtained has been done",
            {after_get(joinable_queues, [](LocalQueue&) { ++shared_number(); }),
             joinable_queues.task_done([](LocalQueue& queue) {
               if (shared_number().fetch_sub(1) <= 0) throw TaskDoneTooOften();
               queue.task_done();
             })},
            {.also = {"joinable-queue.task-done.*"}}),
      fault("counts-late", "joinable-queue.task-done.at-once-after-get",
            "one put in fifty is counted after its item is visible",
            {joinable_queues.put(put_counting_late)},
            {.search = in_tasks(
                 {"task-done.at-once-after-get", "join.waits-for-tasks", "task-done.too-often"})}),
      fault("overflow-takes-slot", "joinable-queue.put.overflow-without-effect",
            "a put that is refused by the count keeps its slot",
            {counts_extra_slots(), put_overflowing([](LocalQueue& queue, std::string_view) -> bool {
               take_extra_slot(*queue.queue_);
               throw;
             })}),
      fault("overflow-delivers", "joinable-queue.put.overflow-without-effect",
            "the item of a put that is refused by the count is delivered",
            {put_overflowing([](LocalQueue& queue, std::string_view item) -> bool {
              buffer_item(queue, item);
              throw;
            })}),
      fault("overflow-loses-task", "joinable-queue.put.overflow-without-effect",
            "a put that is refused by the count takes one from it",
            {put_overflowing([](LocalQueue& queue, std::string_view) -> bool {
              change_tasks(*queue.queue_, -1);
              throw;
            })}),
      fault("tasks-full-early", "joinable-queue.put.full-after-timeout",
            "put gives up after half of its timeout", {put_within(joinable_queues, halved)}),
      fault("tasks-full-counts", "joinable-queue.put.full-after-timeout",
            "a put that is Full counts as a task", {joinable_queues.put(put_counting_refused)},
            {.search = in_tasks(
                 {"join.returns-at-zero", "task-done.too-often", "put.full-after-timeout"})}),
      fault("tasks-bound-plus-one", "joinable-queue.create.bound",
            "a joinable queue has a slot too many", {create([](driver::Creation& creation) {
              if (creation.type == driver::ObjectType::kJoinableQueue &&
                  creation.maxsize.value_or(0) > 0)
                ++*creation.maxsize;
            })}),
      fault("slot-freed-by-task-done", "joinable-queue.put.slot-freed-by-get",
            "task_done frees the slot, not get",
            {reading_frees_no_slot(), joinable_queues.task_done(free_slot_and_finish)}),
      fault("tasks-get-gives-up", "joinable-queue.get.waits-for-item",
            "get without a timeout waits for 50 ms only",
            {get_within(joinable_queues, forever_is(50ms))},
            {.also = {"joinable-queue.get.exactly-once"}}),
      fault("tasks-get-empty-early", "joinable-queue.get.empty-after-timeout",
            "get gives up after half of its timeout", {get_within(joinable_queues, halved)}),
      fault("tasks-get-loses", "joinable-queue.get.exactly-once",
            "one item in five hundred is thrown away",
            {get_loses(joinable_queues, [](LocalQueue&) { return every_of_all(500); })},
            {.search = as_loss(in_tasks({"put.slot-freed-by-get"}))}),
      fault("tasks-feeder-swaps", "joinable-queue.order.per-producer",
            "the feeder swaps two neighbours now and then", {swaps_neighbours(joinable_queues)},
            {.search = in_tasks({"order.per-producer"})}),
      fault("tasks-item-corrupted", "joinable-queue.item.sizes-intact",
            "the last byte of an item of more than 1 MiB is changed",
            {get_changes(joinable_queues,
                         [](std::string& item) {
                           if (item.size() > kLargeBytes) garble(item);
                         })}),
      fault("tasks-put-after-close", "joinable-queue.close.operations-closed",
            "put after close drops the item silently",
            {joinable_queues.check_open([](LocalQueue&) {}),
             joinable_queues.put([](LocalQueue& queue, std::string_view item, Timeout timeout) {
               return is_closed(queue) || queue.put(item, timeout);
             })}),
      fault("tasks-get-after-close", "joinable-queue.close.operations-closed",
            "get after close reports Empty", {get_empty_after_close(joinable_queues)}),
      fault("tasks-exit-does-not-flush", "joinable-queue.exit.flushes",
            "a process that ends leaves its buffers unsent",
            {flushes_at_exit([](Feeders& feeders) { feeders.clear(); })}),
      fault(
          "tasks-broken-done", "joinable-queue.get.not-deserializable",
          "a get finishes the task of its item, whole or broken",
          {after_get(joinable_queues, [](LocalQueue& queue) { (void)queue.queue_->task_done(); })}),
      fault("tasks-broken-keeps-slot", "joinable-queue.get.not-deserializable",
            "a get leaves the slot to task_done, whole or broken",
            {reading_frees_no_slot(), joinable_queues.task_done(free_slot_and_finish)},
            {.also = {"joinable-queue.get.exactly-once"}}),
  };
}

}  // namespace psq::faulty
