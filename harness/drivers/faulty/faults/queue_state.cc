// Faults of creation, bound, qsize, empty and full, against spec/queue.md.
#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "effects.h"
#include "faults/tables.h"
#include "feeder_effects.h"
#include "queue_effects.h"
#include "searches.h"

namespace psq::faulty {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kLargeBound = 1000;

// Queues are created with another bound.
template <typename Change>
Effect changes_bound(Change change) {
  return create([change](driver::Creation& creation) {
    if (creation.type == driver::ObjectType::kQueue ||
        creation.type == driver::ObjectType::kJoinableQueue)
      creation.maxsize = change(creation.maxsize.value_or(0));
  });
}

bool put_racing(LocalQueue& queue, std::string_view item, Timeout timeout) {
  const auto is_free = [&] { return !queue.queue_->all_slots_in_use(); };
  if (!queue.queue_->free_slot().wait(Deadline::after(timeout), is_free)) return false;
  std::this_thread::sleep_for(1ms);
  count_item_anyway(queue);
  buffer_item(queue, item);
  return true;
}

// As where queues have numbers, and number 64 is 0 again.
LocalQueue& of_same_number(LocalQueue& queue) {
  constexpr std::ptrdiff_t kNumbers = 64;
  static std::mutex mutex;
  static std::vector<LocalQueue*> numbered;
  const std::lock_guard lock(mutex);
  const auto at = std::ranges::find(numbered, &queue);
  const std::ptrdiff_t number = at - numbered.begin();
  if (at == numbered.end()) numbered.push_back(&queue);
  return number == kNumbers ? *numbered.front() : queue;
}

// What was in a queue that is gone.
std::optional<std::string> left_over;

void drop_leaving_item(std::unique_ptr<LocalQueue> queue) {
  if (!is_closed(*queue)) left_over = queue->get(no_wait);
}

std::optional<std::string> get_left_over(LocalQueue& queue, Timeout timeout) {
  if (auto item = std::exchange(left_over, std::nullopt)) return item;
  return queue.get(timeout);
}

}  // namespace

std::vector<Fault> queue_state_faults() {
  return {
      fault("bound-ignored", "queue.create.bound", "maxsize bounds nothing",
            {changes_bound([](std::int64_t maxsize) { return maxsize <= kMaxSize ? 0 : maxsize; })},
            {.also = {"queue.create.bound-among-producers"}}),
      fault("large-bound-clamped", "queue.create.bound", "a bound above 1000 is one of 1000",
            {changes_bound([](std::int64_t maxsize) {
              return maxsize < kMaxSize ? std::min(maxsize, kLargeBound) : maxsize;
            })}),
      fault("bound-of-8-bits", "queue.create.bound", "a bound loses what is above 8 bits",
            {changes_bound([](std::int64_t maxsize) {
              return maxsize > 256 && maxsize < kLargeBound ? maxsize % 256 : maxsize;
            })}),
      fault("bound-invented", "queue.create.unbounded", "a queue without a bound holds 64 items",
            {changes_bound([](std::int64_t maxsize) { return maxsize <= 0 ? 64 : maxsize; })}),
      fault("maxsize-clamped", "queue.create.too-large-refused",
            "a maxsize that is too large becomes the largest",
            {changes_bound([](std::int64_t maxsize) { return std::min(maxsize, kMaxSize); })}),
      fault("queue-65-is-the-first", "queue.create.each-its-own",
            "the 65th queue that a process uses is its first one",
            {queues.put([](LocalQueue& queue, std::string_view item, Timeout timeout) {
               return of_same_number(queue).put(item, timeout);
             }),
             queues.get([](LocalQueue& queue, Timeout timeout) {
               return of_same_number(queue).get(timeout);
             })}),
      fault("new-queue-inherits", "queue.create.each-its-own",
            "a new queue has what was left in the one that was dropped last",
            {queues.drop(drop_leaving_item), queues.get(get_left_over)}),
      fault("largest-refused", "queue.create.largest-accepted", "the largest maxsize is refused",
            {changes_bound(
                [](std::int64_t maxsize) { return maxsize == kMaxSize ? maxsize + 1 : maxsize; })}),
      fault("bound-races", "queue.create.bound-among-producers",
            "puts at the same moment take the same slot", {queues.put(put_racing)},
            {.search = in_queues({"create.bound", "create.bound-among-producers"})}),
      fault("slots-not-freed", "queue.qsize.counts-slots", "a get frees no slot",
            {alter("items.gone", [](std::uint32_t& gone,
                                    const QueueMemory& memory) { gone = memory.records_.lost(); })},
            {.also = {"queue.qsize.never-waits"}}),
      fault("qsize-misses-buffered", "queue.qsize.counts-slots",
            "qsize is 0 while no item is visible",
            {slow_feeder(),
             queues.qsize([](LocalQueue& queue) { return queue.empty() ? 0 : queue.qsize(); })}),
      fault("full-one-early", "queue.full.at-bound", "full is true one item too early",
            {queues.full([](LocalQueue& queue) {
              return queue.queue_->slots_in_use() + 1 >= queue.queue_->bound_;
            })}),
      fault("full-misses-buffered", "queue.full.at-bound", "full is false while no item is visible",
            {slow_feeder(),
             queues.full([](LocalQueue& queue) { return !queue.empty() && queue.full(); })},
            {.also = {"queue.full.*"}}),
      fault("empty-misses-last", "queue.empty.at-rest", "empty is true with one item in the queue",
            {queues.empty([](LocalQueue& queue) { return queue.queue_->slots_in_use() <= 1; })}),
  };
}

}  // namespace psq::faulty
