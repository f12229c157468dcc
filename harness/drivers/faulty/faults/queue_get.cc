// Faults of get, against spec/queue.md.
#include <atomic>
#include <chrono>
#include <thread>

#include "effects.h"
#include "faults/tables.h"
#include "item_effects.h"
#include "queue_effects.h"
#include "searches.h"
#include "state.h"
#include "timeout_effects.h"
#include "waiting_effects.h"

namespace psq::faulty {
namespace {

using namespace std::chrono_literals;

std::optional<std::string> get_missing_items(LocalQueue& queue, Timeout timeout) {
  if (timeout.is_forever() || !queue.empty()) return queue.get(timeout);
  std::this_thread::sleep_for(std::min<Timeout::Duration>(timeout.length(), 24h));
  return std::nullopt;
}

std::optional<std::string> get_starving(LocalQueue& queue, Timeout timeout) {
  const auto gets = [&] { return queue.queue_->channel().messages_read(); };
  std::optional<std::string> item;
  (void)starving_wait(
      timeout, [&, before = gets()] { return gets() != before && !is_closed(queue); },
      [&] { return (item = queue.get(no_wait)).has_value(); });
  return item;
}

std::optional<std::string> get_until_empty(LocalQueue& queue, Timeout timeout) {
  if (queue.empty() && queue.queue_->channel().messages_read() > 0) throw EndOfStream();
  return queue.get(timeout);
}

// Whether another consumer has read a message since this thread did.
bool is_in_crowd(LocalQueue& queue) {
  thread_local std::uint32_t before = 0;
  const std::uint32_t read = queue.queue_->channel().messages_read();
  return read > std::exchange(before, read) + 1 && before != 0;
}

// As where each process that puts has a place in a table, and keeps it when it has ended.
bool put_with_record(LocalQueue& queue, std::string_view item, Timeout timeout) {
  constexpr std::int64_t kPlaces = 64;
  if (process_number() == 0) process_number() = ++shared_number();
  return process_number() > kPlaces || queue.put(item, timeout);
}

// What comes just behind the end of a timeout.
std::optional<std::string> late_item(LocalQueue& queue, Timeout timeout) {
  if (timeout.length() <= Timeout::Duration::zero()) return std::nullopt;
  std::this_thread::sleep_for(1ms);
  return queue.get(no_wait);
}

std::optional<std::string> get_losing_late(LocalQueue& queue, Timeout timeout) {
  auto item = queue.get(timeout);
  if (!item) (void)late_item(queue, timeout);
  return item;
}

std::optional<std::string> get_putting_back(LocalQueue& queue, Timeout timeout) {
  if (auto item = queue.get(timeout)) return item;
  if (const auto late = late_item(queue, timeout)) (void)queue.put(*late, forever);
  return std::nullopt;
}

// The clauses whose tests have a get that waits without end.
const std::vector<std::string> kWhereAGetWaits{
    "queue.get.waits-for-item",     "queue.get.infinite-timeout",
    "queue.get.all-waiting-served", "queue.get.clock-starts-once",
    "queue.get.no-end-of-stream",   "queue.get.empty-while-another-gets",
    "queue.get.never-waits"};

thread_local std::string last_item;
thread_local bool last_item_is_broken = false;

std::optional<std::string> get_broken_again(LocalQueue& queue, Timeout timeout) {
  if (std::exchange(last_item_is_broken, false)) return last_item;
  auto item = queue.get(timeout);
  if (item) last_item = *item;
  return item;
}

driver::Result perform_noting_broken_items(driver::Object& object,
                                           const driver::Operation& operation, driver::Call& call) {
  try {
    return object.perform(operation, call);
  } catch (const NotDeserializable&) {
    last_item_is_broken = true;
    throw;
  }
}

}  // namespace

std::vector<Fault> queue_get_faults() {
  return {
      fault("get-empty-early", "queue.get.empty-after-timeout",
            "get gives up after half of its timeout", {get_within(queues, halved)},
            {.also = {"queue.get.*"}}),
      fault("get-empty-late", "queue.get.empty-after-timeout",
            "get waits half as long again as its timeout", {get_within(queues, stretched)},
            {.also = {"queue.get.*"}}),
      fault("get-gives-up", "queue.get.waits-for-item",
            "get without a timeout gives up after 100 ms", {get_within(queues, forever_is(kShort))},
            {.also = kWhereAGetWaits}),
      fault("get-gives-up-after-10s", "queue.get.waits-for-item",
            "get without a timeout gives up after 10 s", {get_within(queues, forever_is(10s))},
            {.thorough = true}),
      fault("get-late-without-wait", "queue.get.empty-at-once",
            "get that shall not wait waits for 600 ms", {get_within(queues, late_without_wait)},
            {.also = {"queue.get.never-waits"}}),
      fault("get-misses-item", "queue.get.item-within-timeout",
            "get with a timeout that has begun to wait sees no item",
            {queues.get(get_missing_items)}, {.also = {"queue.get.*"}}),
      fault("get-infinity-ends", "queue.get.infinite-timeout",
            "get with an infinite timeout gives up after 100 ms",
            {get_within(queues, forever_is(kShort))}, {.also = kWhereAGetWaits}),
      fault("get-huge-is-zero", "queue.get.huge-timeout",
            "get with a timeout above 20 days does not wait", {get_within(queues, huge_is_zero)},
            {.also = {"queue.get.timeout-beyond-32-bits"}}),
      fault("get-tiny-is-zero", "queue.get.tiny-timeout",
            "get counts its timeout in whole milliseconds", {get_within(queues, tiny_is_zero)}),
      fault("gets-in-line", "queue.get.timeouts-each-own",
            "a timed get of a process counts from the end of the one before",
            {get_within(queues, in_line)}),
      fault("get-takes-nan", "queue.get.nan-refused", "a get takes not-a-number for zero",
            {nan_is_zero(driver::Verb::kGet)}),
      fault("get-starves", "queue.get.all-waiting-served",
            "a waiting get that another overtook sleeps on", {queues.get(get_starving)},
            {.also = {"queue.get.*"},
             .search = in_queues({"get.waits-for-item", "get.all-waiting-served"})}),
      fault("get-in-crowd-sleeps", "queue.get.all-waiting-served",
            "a get that begins while 32 others wait is never woken", {gets_in_crowd_sleep(queues)}),
      fault("get-ends-stream", "queue.get.no-end-of-stream",
            "get on an emptied queue reports an end of stream", {queues.get(get_until_empty)},
            {.also = {"queue.get.*"}}),
      fault("get-duplicates", "queue.get.exactly-once", "every fourth item is given out twice",
            {get_repeats(queues, [](LocalQueue&) { return every(4); })}, {.also = {"queue.get.*"}}),
      fault("get-loses", "queue.get.exactly-once", "every fourth item is thrown away",
            {get_loses(queues, [](LocalQueue&) { return every(4); })}, {.also = {"queue.get.*"}}),
      fault("get-loses-rarely", "queue.get.exactly-once",
            "every 500th item of a thread is thrown away",
            {get_loses(queues, [](LocalQueue&) { return every(500); })},
            {.search = as_loss(in_queues({}))}),
      fault("get-loses-at-timeout", "queue.get.exactly-once",
            "a get that ends as empty loses an item that comes within the next millisecond",
            {queues.get(get_losing_late)}, {.also = {"queue.get.clock-starts-once"}}),
      fault("get-puts-back-at-timeout", "queue.get.exactly-once",
            "a get that ends as empty puts an item that comes within the next millisecond back, "
            "behind all others",
            {queues.get(get_putting_back)}),
      fault("get-duplicates-in-crowd", "queue.many-to-many",
            "an item is given out twice now and then, when several consume",
            {get_repeats(queues, [](LocalQueue& queue) { return is_in_crowd(queue) && every(4); })},
            {.search = as_loss(in_queues({"many-to-many", "create.bound"}))}),
      fault("process-65-unserved", "queue.many-to-many",
            "the items of a process beyond the 64th that puts are lost",
            {queues.put(put_with_record)}),
      fault("broken-stays", "queue.get.not-deserializable",
            "an item that cannot be made into a value is obtained a second time",
            {queues.get(get_broken_again), perform(perform_noting_broken_items)},
            {.also = {"queue.get.undeserializable-any-error"}}),
  };
}

}  // namespace psq::faulty
