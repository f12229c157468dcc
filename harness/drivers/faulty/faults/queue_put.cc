// Faults of put, against spec/queue.md.
#include <thread>

#include "effects.h"
#include "faults/tables.h"
#include "feeder_effects.h"
#include "item_effects.h"
#include "queue_effects.h"
#include "searches.h"
#include "state.h"
#include "timeout_effects.h"
#include "waiting_effects.h"

namespace psq::faulty {
namespace {

using namespace std::chrono_literals;

bool put_itself(LocalQueue& queue, std::string_view item, Timeout timeout) {
  if (!count_item(queue, Deadline::after(timeout))) return false;
  send_item(queue, item);
  return true;
}

bool put_and_take_slot(LocalQueue& queue, std::string_view item, Timeout timeout) {
  const bool is_put = queue.put(item, timeout);
  if (!is_put) change_extra_slots(*queue.queue_, +1);
  return is_put;
}

bool put_missing_slots(LocalQueue& queue, std::string_view item, Timeout timeout) {
  if (timeout.is_forever()) return queue.put(item, timeout);
  if (queue.put(item, no_wait)) return true;
  std::this_thread::sleep_for(std::min<Timeout::Duration>(timeout.length(), 24h));
  return false;
}

bool put_starving(LocalQueue& queue, std::string_view item, Timeout timeout) {
  const auto puts = [&] { return queue.queue_->records().put(); };
  return starving_wait(
      timeout, [&, before = puts()] { return puts() != before; },
      [&] { return queue.put(item, no_wait); });
}

bool put_all_the_same(LocalQueue& queue, std::string_view item, Timeout timeout) {
  if (queue.put(item, timeout)) return true;
  if (timeout.length() <= Timeout::Duration::zero()) return false;
  std::this_thread::sleep_for(1ms);
  (void)queue.put(item, no_wait);
  return false;
}

// As by one thread for all queues of the process, which waits for room.
void send_alone(const QueuePointer& queue, detail::Producer producer, std::string_view item) {
  while (process_number().exchange(1) != 0) std::this_thread::sleep_for(1ms);
  send(queue, producer, item);
  process_number() = 0;
}

}  // namespace

std::vector<Fault> queue_put_faults() {
  return {
      fault("put-full-early", "queue.put.full-after-timeout",
            "put gives up after half of its timeout", {put_within(queues, halved)},
            {.also = {"queue.put.*"}}),
      fault("put-full-late", "queue.put.full-after-timeout",
            "put waits half as long again as its timeout", {put_within(queues, stretched)},
            {.also = {"queue.put.*"}}),
      fault("put-waits", "queue.put.returns-without-consumer",
            "put writes to the channel itself and waits for room there", {queues.put(put_itself)},
            {.also = {"queue.put.never-waits", "queue.put.other-queue-stuck"}}),
      fault("full-takes-slot", "queue.put.full-leaves-no-trace", "a put that is Full takes a slot",
            {counts_extra_slots(), queues.put(put_and_take_slot)},
            {.also = {"queue.put.never-waits", "queue.put.clock-starts-once"}}),
      fault("full-puts-late", "queue.put.full-leaves-no-trace",
            "a put that ends as full puts its item if a slot comes within the next millisecond",
            {queues.put(put_all_the_same)}, {.also = {"queue.put.*"}}),
      fault("put-gives-up", "queue.put.blocks-when-full",
            "put without a timeout gives up after 100 ms", {put_within(queues, forever_is(kShort))},
            {.also = {"queue.put.clock-starts-once", "queue.put.all-waiting-served",
                      "queue.put.infinite-timeout", "queue.put.never-waits"}}),
      fault("put-late-without-wait", "queue.put.full-at-once",
            "put that shall not wait waits for 600 ms", {put_within(queues, late_without_wait)},
            {.also = {"queue.put.never-waits"}}),
      fault("one-feeder-for-all", "queue.put.other-queue-stuck",
            "a process sends the items of one queue at a time", {sends_each(send_alone)},
            {.also = {"queue.exit.*"}}),
      fault("put-misses-slot", "queue.put.slot-within-timeout",
            "put with a timeout that has begun to wait sees no slot",
            {queues.put(put_missing_slots)}, {.also = {"queue.put.*"}}),
      fault("put-infinity-ends", "queue.put.infinite-timeout",
            "put with an infinite timeout gives up after 100 ms",
            {put_within(queues, forever_is(kShort))}, {.also = {"queue.put.*"}}),
      fault("put-huge-is-zero", "queue.put.huge-timeout",
            "put with a timeout above 20 days does not wait", {put_within(queues, huge_is_zero)},
            {.also = {"queue.put.timeout-beyond-32-bits"}}),
      fault("put-tiny-is-zero", "queue.put.tiny-timeout",
            "put counts its timeout in whole milliseconds", {put_within(queues, tiny_is_zero)}),
      fault("puts-in-line", "queue.put.timeouts-each-own",
            "a timed put of a process counts from the end of the one before",
            {put_within(queues, in_line)}),
      fault("put-starves", "queue.put.all-waiting-served",
            "a waiting put that another overtook sleeps on", {queues.put(put_starving)},
            {.also = {"queue.put.clock-starts-once", "queue.put.never-waits"},
             .search = in_queues(
                 {"put.blocks-when-full", "put.all-waiting-served", "put.slot-within-timeout"})}),
      fault("put-in-crowd-sleeps", "queue.put.all-waiting-served",
            "a put that begins while 32 others wait is never woken", {puts_in_crowd_sleep(queues)}),
      fault("put-takes-nan", "queue.put.nan-refused", "a put takes not-a-number for zero",
            {nan_is_zero(driver::Verb::kPut)}),
      fault("mutual-wait-ends", "queue.wait.mutual",
            "put and get without a timeout give up after 400 ms",
            {put_within(queues, forever_is(400ms)), get_within(queues, forever_is(400ms))}),
  };
}

}  // namespace psq::faulty
