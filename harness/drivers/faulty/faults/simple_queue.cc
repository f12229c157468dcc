// Faults against spec/simple-queue.md.
#include <algorithm>
#include <thread>

#include "effects.h"
#include "faults/tables.h"
#include "item_effects.h"
#include "psq/error.h"
#include "queue_effects.h"
#include "searches.h"
#include "state.h"
#include "timeout_effects.h"
#include "waiting_effects.h"

namespace psq::faulty {
namespace {

using namespace std::chrono_literals;
using detail::Clock;

constexpr std::size_t kLargeMessageBytes = 100'000;
constexpr std::size_t kMiB = std::size_t{1} << 20;
constexpr std::size_t kPage = 4096;
constexpr std::size_t kShortHeader = 4;
constexpr std::size_t kSmallMessageBytes = 96;
constexpr std::size_t kNullMessageBytes = 8;
constexpr auto kPatience = 100ms;

bool put_unchecked(LocalQueue& queue, std::string_view item, Timeout /*timeout*/) {
  send(queue.queue_, 0, item);
  return true;
}

// An item that is late: one in ten.
Effect keeps_every_tenth(LateItem order) {
  return put_keeps_back(simple_queues, order, [](std::string_view) { return every(10); });
}

std::optional<std::string> get_for_a_while(LocalQueue& queue, Timeout timeout) {
  auto item = queue.get(std::min(timeout.length(), Timeout::Duration(50ms)));
  if (!item) throw Empty();
  return item;
}

bool empty_to_those_who_put_nothing(LocalQueue& queue) {
  const bool is_empty = queue.empty();
  return process_number() == 0 || is_empty;
}

bool put_counting(LocalQueue& queue, std::string_view item, Timeout timeout) {
  ++shared_number();
  return queue.put(item, timeout);
}

void check_open_anywhere(LocalQueue& queue) {
  if (shared_number() > 0) throw Closed("queue");
  queue.check_open();
}

bool put_until_taken(LocalQueue& queue, std::string_view item, Timeout timeout) {
  const bool is_put = queue.put(item, timeout);
  while (!queue.queue_->channel().empty()) std::this_thread::sleep_for(1ms);
  return is_put;
}

// When the put of this thread began, if it is one.
thread_local std::optional<Clock::time_point> put_began;

void give_up_without_room() {
  if (put_began && Clock::now() - *put_began > kPatience) throw Full();
}

bool put_giving_up(LocalQueue& queue, std::string_view item, Timeout timeout) {
  put_began = Clock::now();
  const std::shared_ptr<void> end(nullptr, [](void*) { put_began.reset(); });
  return queue.put(item, timeout);
}

// Whether check_open was called before this time without a put in between.
thread_local bool opened_without_put = false;

void check_open_leaving_stump(LocalQueue& queue) {
  queue.check_open();
  if (std::exchange(opened_without_put, true)) send(queue.queue_, 0, {});
}

bool put_opened(LocalQueue& queue, std::string_view item, Timeout timeout) {
  opened_without_put = false;
  return queue.put(item, timeout);
}

void misread_digits(std::string& item) {
  if (item.size() < kSmallMessageBytes) std::ranges::replace(item, '7', '8');
}

std::optional<std::string> get_alone(LocalQueue& queue, Timeout timeout) {
  if (process_number().fetch_add(1) > 0) hang();
  auto item = queue.get(timeout);
  --process_number();
  return item;
}

std::optional<std::string> get_skipping_first(LocalQueue& queue, Timeout timeout) {
  if (process_number().exchange(1) == 0)
    while (queue.get(no_wait)) continue;
  return queue.get(timeout);
}

bool empty_when_alone(LocalQueue& queue) {
  wait_for_calls_in_progress();
  return queue.empty();
}

}  // namespace

std::vector<Fault> simple_queue_faults() {
  return {
      fault("simple-get-gives-up-after-10s", "simple-queue.get.waits-for-item",
            "get gives up after 10 s", {simple_queues.get([](LocalQueue& queue, Timeout) {
              auto item = queue.get(10s);
              if (!item) throw Empty();
              return item;
            })},
            {.thorough = true}),
      fault("simple-empty-waits-for-get", "simple-queue.empty.never-waits",
            "empty waits while a get does",
            {counts_gets(simple_queues), simple_queues.empty(empty_when_alone)}),
      fault("simple-empty-waits-for-copy", "simple-queue.empty.never-waits",
            "empty waits while a get copies an item",
            {counts_copies_of_gets(simple_queues), simple_queues.empty(empty_when_alone)}),
      fault(
          "simple-put-after-close", "simple-queue.close.operations-closed",
          "put after close still puts",
          {simple_queues.check_open([](LocalQueue&) {}), simple_queues.put(put_unchecked),
           simple_queues.empty([](LocalQueue& queue) { return queue.queue_->channel().empty(); })},
          {.also = {"simple-queue.close.idempotent"}}),
      fault("simple-get-duplicates", "simple-queue.get.exactly-once",
            "every fourth item is given out twice",
            {get_repeats(simple_queues, [](LocalQueue&) { return every(4); })},
            {.also = {"simple-queue.get.not-deserializable"}}),
      fault("simple-loses-one", "simple-queue.get.exactly-once",
            "the five-hundredth item is thrown away",
            {get_loses(simple_queues, [](LocalQueue&) { return ++shared_number() == 500; })}),
      fault("simple-late", "simple-queue.put.visible-on-return",
            "every tenth item stays in the process until its next put",
            {keeps_every_tenth(LateItem::kComesFirst)},
            {.also = {"simple-queue.put.survives-producer"}}),
      fault("simple-get-gives-up", "simple-queue.get.waits-for-item", "get waits for 50 ms only",
            {simple_queues.get(get_for_a_while)},
            {.also = {"simple-queue.get.all-served", "simple-queue.get.exactly-once"}}),
      fault("simple-overtakes", "simple-queue.order.fifo",
            "every tenth item is overtaken by the next one of its process",
            {keeps_every_tenth(LateItem::kComesLast)},
            {.search = as_loss(in_simple_queues({"order.fifo"}))}),
      fault(
          "simple-large-overtaken", "simple-queue.order.fifo",
          "a large item is overtaken by the next one of its process",
          {put_keeps_back(simple_queues, LateItem::kComesLast,
                          [](std::string_view item) { return item.size() > kLargeMessageBytes; })},
          {.search = as_loss(in_simple_queues({"order.fifo"}))}),
      fault("simple-empty-to-others", "simple-queue.empty.exact",
            "empty answers true in processes that have put nothing",
            {simple_queues.put(put_noting), simple_queues.empty(empty_to_those_who_put_nothing)},
            {.also = {"simple-queue.empty.never-waits"}}),
      fault("simple-empty-at-one", "simple-queue.empty.exact",
            "empty answers true while one item is left",
            {simple_queues.put(put_counting),
             after_get(simple_queues, [](LocalQueue&) { --shared_number(); }),
             simple_queues.empty([](LocalQueue& queue) {
               queue.check_open();
               return shared_number() <= 1;
             })},
            {.also = {"simple-queue.empty.never-waits"}}),
      fault("simple-dies-with-producer", "simple-queue.put.survives-producer",
            "every tenth item dies with its producer, unless that puts another",
            {keeps_every_tenth(LateItem::kComesFirst)},
            {.also = {"simple-queue.put.visible-on-return"}}),
      fault("simple-close-everywhere", "simple-queue.close.local",
            "a close closes the queue in all processes",
            {simple_queues.check_open(check_open_anywhere),
             simple_queues.close([](LocalQueue& queue) {
               shared_number() = 1;
               queue.close();
             }),
             simple_queues.empty([](LocalQueue& queue) {
               check_open_anywhere(queue);
               return queue.empty();
             })},
            {.also = {"simple-queue.close.idempotent"}}),
      fault("simple-item-corrupted", "simple-queue.item.sizes-intact",
            "the last byte of an item of more than 1 MiB is changed",
            {get_changes(simple_queues,
                         [](std::string& item) {
                           if (item.size() > kMiB) garble(item);
                         })}),
      fault("simple-page-garbled", "simple-queue.item.sizes-intact",
            "an item that fills a page together with a header of 4 bytes is changed",
            {get_changes(simple_queues,
                         [](std::string& item) {
                           if (item.size() + kShortHeader == kPage) garble(item);
                         })}),
      fault("simple-rendezvous", "simple-queue.put.small-at-once",
            "put waits until its item is obtained", {simple_queues.put(put_until_taken)},
            {.also = {"simple-queue.put.*"}}),
      fault("simple-large-gives-up", "simple-queue.put.large-later-consumer",
            "a put that waits for room gives up after 100 ms",
            {simple_queues.put(put_giving_up), at_point("no-room", give_up_without_room)},
            {.also = {"simple-queue.put.large-waits"}}),
      fault("simple-leaves-stump", "simple-queue.put.not-serializable",
            "an item that cannot be serialized leaves an empty one behind",
            {simple_queues.check_open(check_open_leaving_stump), simple_queues.put(put_opened)}),
      fault("simple-digit-misread", "simple-queue.item.values-equal",
            "a digit of a short item is misread", {get_changes(simple_queues, misread_digits)},
            {.also = {"simple-queue.item.sizes-intact"}}),
      fault("simple-null-lost", "simple-queue.item.null-is-an-item", "the shortest items are lost",
            {simple_queues.put([](LocalQueue& queue, std::string_view item, Timeout timeout) {
              return item.size() < kNullMessageBytes || queue.put(item, timeout);
            })},
            {.also = {"simple-queue.item.values-equal"}}),
      fault("simple-second-getter-forgotten", "simple-queue.get.all-served",
            "a get that begins while another one of its process waits never ends",
            {simple_queues.get(get_alone)},
            {.search = in_simple_queues({"get.waits-for-item", "get.all-served"})}),
      fault("simple-close-toggles", "simple-queue.close.idempotent",
            "a second close opens the queue again", {simple_queues.close([](LocalQueue& queue) {
              is_closed(queue) ? void(queue.feeder_->stop_.requested_ = false) : queue.close();
            })}),
      fault("simple-exit-loses", "simple-queue.exit.items-remain",
            "every tenth item is lost when its process ends without another put",
            {keeps_every_tenth(LateItem::kComesFirst)}),
      fault("simple-child-skips", "simple-queue.put.visible-to-later-child",
            "what was there before a process got its first item is thrown away",
            {simple_queues.get(get_skipping_first)}, {.also = {"simple-queue.put.*"}}),
      fault("simple-broken-stays", "simple-queue.get.not-deserializable",
            "an item stays for one more get",
            {get_repeats(simple_queues, [](LocalQueue&) { return true; })},
            {.also = {"simple-queue.get.exactly-once"}}),
  };
}

}  // namespace psq::faulty
