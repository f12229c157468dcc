// Faults of queues that only generated programs find.
#include "effects.h"
#include "faults/tables.h"
#include "item_effects.h"
#include "searches.h"
#include "state.h"
#include "timeout_effects.h"

namespace psq::faulty {
namespace {

constexpr std::size_t kTornBytes = 65'536;

auto in_all(int n) {
  return [n](auto&&...) { return every_of_all(n); };
}

bool put_torn(LocalQueue& queue, std::string_view item, Timeout timeout) {
  const bool is_torn = item.size() >= kTornBytes && every_of_all(5);
  return queue.put(is_torn ? item.substr(0, item.size() / 2) : item, timeout);
}

}  // namespace

std::vector<Fault> rare_faults() {
  return {
      fault("rare-full-early", "queue.put.full-after-timeout",
            "one timed put in twenty gives up after half of its timeout",
            {put_within(queues, rarely_half)}, {.search = in_queues({"put.full-after-timeout"})}),
      fault("rare-empty-early", "queue.get.empty-after-timeout",
            "one timed get in twenty gives up after half of its timeout",
            {get_within(queues, rarely_half)}, {.search = in_queues({"get.empty-after-timeout"})}),
      fault("rare-get-twice", "queue.get.exactly-once",
            "one item in five hundred is given out twice", {get_repeats(queues, in_all(500))},
            {.search = as_loss(in_queues({"get.empty-at-once"}))}),
      fault("rare-get-loses", "queue.get.exactly-once", "one item in a thousand is thrown away",
            {get_loses(queues, in_all(1000))}, {.search = as_loss(in_queues({}))}),
      fault("rare-item-garbled", "queue.item.sizes-intact",
            "the last byte of one item in five hundred is changed",
            {get_changes(queues,
                         [](std::string& item) {
                           if (every_of_all(500)) garble(item);
                         })},
            {.search = in_queues({"item.sizes-intact"})}),
      fault("rare-qsize", "queue.qsize.counts-slots", "qsize counts one too many one time in three",
            {queues.qsize(
                [](LocalQueue& queue) { return queue.qsize() + (every_of_all(3) ? 1 : 0); })},
            {.search = in_queues({"qsize.counts-slots"})}),
      fault("rare-task-done-lost", "joinable-queue.join.returns-at-zero",
            "one task_done in two hundred does nothing",
            {joinable_queues.task_done([](LocalQueue& queue) {
              if (!every_of_all(200)) queue.task_done();
            })},
            {.search = in_tasks({"join.returns-at-zero", "task-done.too-often"})}),
      fault("rare-join-early", "joinable-queue.join.waits-for-tasks",
            "one join in three returns at once",
            {joinable_queues.join([](LocalQueue& queue, Timeout timeout) {
              return every_of_all(3) || queue.join(timeout);
            })},
            {.search = in_tasks({"join.waits-for-tasks"})}),
      fault("rare-simple-swaps", "simple-queue.order.fifo",
            "one item in five hundred is overtaken by the next one of its thread",
            {put_keeps_back(simple_queues, LateItem::kComesLast, in_all(500))},
            {.search = as_loss(in_simple_queues({"order.fifo"}))}),
      fault("rare-simple-twice", "simple-queue.get.exactly-once",
            "one item in a thousand is given out twice", {get_repeats(simple_queues, in_all(1000))},
            {.search = in_simple_queues({"get.exactly-once"})}),
      fault("rare-simple-loses", "simple-queue.get.exactly-once",
            "one item in a thousand is thrown away", {get_loses(simple_queues, in_all(1000))},
            {.search = as_loss(in_simple_queues({"order.fifo"}))}),
      fault(
          "rare-simple-empty", "simple-queue.empty.exact",
          "empty answers true one time in four, whatever is there",
          {simple_queues.empty([](LocalQueue& queue) { return queue.empty() || every_of_all(4); })},
          {.search =
               in_simple_queues({"empty.exact", "get.exactly-once", "put.visible-on-return"})}),
      fault("rare-simple-torn", "simple-queue.item.sizes-intact",
            "of one large item in five only a part is sent", {simple_queues.put(put_torn)},
            {.search = in_simple_queues({"item.sizes-intact"})}),
  };
}

}  // namespace psq::faulty
