// Faults of items and of their order, against spec/queue.md.
#include <algorithm>
#include <thread>

#include "effects.h"
#include "faults/tables.h"
#include "feeder_effects.h"
#include "item_effects.h"
#include "psq/error.h"
#include "queue_effects.h"
#include "searches.h"
#include "state.h"

namespace psq::faulty {
namespace {

constexpr std::size_t kLargeItem = 65'536;
constexpr std::size_t kHeader = 8;
constexpr std::size_t kManyBytes = std::size_t{4} << 20;
constexpr std::size_t kSmallItem = 100;
constexpr std::size_t kNullBytes = 5;
constexpr std::chrono::milliseconds kOneMoment{1};

void garble_text(std::string& item) {
  if (item.size() >= kSmallItem) return;
  std::ranges::replace_if(
      item, [](unsigned char c) { return c > 127; }, '?');
}

// Whether the put before this one by this thread has failed before its item was serialized. It
// begins with check_open and goes on with put.
thread_local bool put_begun = false;
thread_local bool item_failed = false;

bool put_has_failed(LocalQueue& queue) {
  queue.check_open();
  item_failed = item_failed || put_begun;
  return std::exchange(put_begun, true);
}

bool put_serialized(LocalQueue& queue, std::string_view item, Timeout timeout) {
  put_begun = false;
  return queue.put(item, timeout);
}

bool put_unless_one_failed(LocalQueue& queue, std::string_view item, Timeout timeout) {
  put_begun = false;
  return item_failed || queue.put(item, timeout);
}

bool put_in_pairs(LocalQueue& queue, std::string_view item, Timeout timeout) {
  thread_local std::string kept;
  if (!count_item(queue, Deadline::after(timeout))) return false;
  if (every(2)) {
    buffer_item(queue, kept);
    buffer_item(queue, item);
  } else {
    kept = item;
  }
  return true;
}

// Whether this thread writes without the lock.
thread_local bool is_unlocked = false;

void take_long_when_unlocked() {
  if (is_unlocked) std::this_thread::sleep_for(kOneMoment);
}

void send_without_lock(const QueuePointer& queue, detail::Producer producer,
                       std::string_view item) {
  Channel& channel = queue->channel();
  if (channel.is_short(item.size())) return send(queue, producer, item);
  auto extent = channel.fill(queue.memory(), item, detail::Deadline::never());
  while (!channel.may_have_room(queue.memory())) std::this_thread::sleep_for(kOneMoment);
  is_unlocked = true;
  channel.append_long(item.size(), extent, producer);
  is_unlocked = false;
  channel.message_.notify_one();
}

}  // namespace

std::vector<Fault> queue_item_faults() {
  return {
      fault("item-corrupted", "queue.item.sizes-intact", "the last byte of a long item is changed",
            {get_changes(queues,
                         [](std::string& item) {
                           if (item.size() > kLargeItem) garble(item);
                         })},
            {.also = {"queue.item.values-equal"}}),
      fault("huge-item-cut", "queue.item.sizes-intact",
            "the last byte of an item above 4 MiB is lost",
            {get_changes(queues,
                         [](std::string& item) {
                           if (item.size() > kManyBytes) item.pop_back();
                         })}),
      fault("item-with-header-garbled", "queue.item.sizes-intact",
            "an item that fills 64 KiB together with a header of 8 bytes is changed",
            {get_changes(queues,
                         [](std::string& item) {
                           if (item.size() + kHeader == kLargeItem) garble(item);
                         })}),
      fault("text-garbled", "queue.item.values-equal",
            "bytes above 127 of short items become question marks",
            {get_changes(queues, garble_text)}, {.also = {"queue.item.sizes-intact"}}),
      fault("null-is-empty", "queue.item.none-is-an-item",
            "an item of at most five bytes is taken for none",
            {get_changes(queues,
                         [](const std::string& item) {
                           if (item.size() <= kNullBytes) throw Empty();
                         })},
            {.also = {"queue.item.values-equal"}}),
      fault("unserializable-takes-slot", "queue.item.unserializable-frees-slot",
            "an item that cannot be serialized takes a slot for ever",
            {counts_extra_slots(), queues.check_open([](LocalQueue& queue) {
               if (put_has_failed(queue)) take_extra_slot(*queue.queue_);
             }),
             queues.put(put_serialized)},
            {.also = {"queue.item.unserializable-any-error"}}),
      fault("unserializable-stops-later", "queue.item.unserializable-stops-nothing",
            "after an item that cannot be serialized all others are dropped",
            {queues.check_open([](LocalQueue& queue) { (void)put_has_failed(queue); }),
             queues.put(put_unless_one_failed)},
            {.also = {"queue.item.unserializable-any-error",
                      "queue.item.unserializable-frees-slot"}}),
      fault("feeder-swaps", "queue.order.per-producer",
            "the feeder swaps two neighbours now and then", {swaps_neighbours(queues)},
            {.also = {"queue.order.threads-of-one-producer"},
             .search = in_queues({"order.per-producer", "order.threads-of-one-producer"})}),
      fault(
          "threads-batch-apart", "queue.order.threads-of-one-producer",
          "each thread's items go to the buffer in pairs",
          {buffers_every_item(), queues.put(put_in_pairs)},
          {.also = {"queue.order.per-producer"},
           .search = as_loss(in_queues({"order.threads-of-one-producer", "order.per-producer"}))}),
      fault("large-items-unlocked", "queue.many-to-many", "long items are written without a lock",
            {sends_each(send_without_lock), at_point("frame-written", take_long_when_unlocked)}),
  };
}

}  // namespace psq::faulty
