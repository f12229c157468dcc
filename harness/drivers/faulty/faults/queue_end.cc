// Faults of the end of a process, of drop and of fork, against spec/queue.md.
#include <unistd.h>

#include "effects.h"
#include "faults/tables.h"
#include "feeder_effects.h"
#include "process_effects.h"
#include "searches.h"
#include "src/process_state.h"
#include "state.h"

namespace psq::faulty {
namespace {

const pid_t first_process = getpid();

void flush_for_a_millisecond(Feeders& feeders) {
  for (const auto& feeder : std::exchange(feeders, {})) {
    feeder->end();
    std::unique_lock lock(feeder->mutex_);
    feeder->done_.wait_for(lock, std::chrono::milliseconds{1},
                           [&] { return feeder->thread_ == Feeder::Thread::kNone; });
  }
}

// The feeder has what it has taken from the buffer, and is slow: that is lost as well.
void flush_one(Feeders& feeders) {
  for (; feeders.size() > 1; feeders.pop_back()) {
    const std::lock_guard lock(feeders.back()->mutex_);
    feeders.back()->buffer_ = {};
  }
}

void send_unless_full(const QueuePointer& queue, detail::Producer producer, std::string_view item) {
  if (queue->channel().may_have_room(queue.memory())) send(queue, producer, item);
}

void leave_unflushed(std::unique_ptr<LocalQueue> queue) {
  detail::ProcessState::instance().remove(queue->feeder_);
  (void)queue.release();
}

// The first put of a child starts a feeder on the buffer of its parent.
void keep_buffers(const driver::SpawnOptions&) {
  keep_parents_feeders([](Feeder& feeder) { feeder.thread_ = Feeder::Thread::kNone; });
}

}  // namespace

std::vector<Fault> queue_end_faults() {
  return {
      fault("exit-does-not-flush", "queue.exit.flushes",
            "a process that ends leaves its buffers unsent",
            {flushes_at_exit([](Feeders& feeders) { feeders.clear(); })},
            {.also = {"queue.exit.*"}, .search = as_loss(in_queues({"exit.flushes"}))}),
      fault("exit-flush-gives-up", "queue.exit.large-flush",
            "a process that ends waits 1 ms for its items to be taken",
            {flushes_at_exit(flush_for_a_millisecond)}, {.also = {"queue.exit.*"}}),
      fault("exit-flushes-one-queue", "queue.exit.flushes",
            "a process with several queues flushes one of them at its end",
            {slow_feeder(), flushes_at_exit(flush_one)}),
      fault("creator-does-not-flush", "queue.exit.creator-flushes",
            "the process that created the queue does not flush at its end",
            {flushes_at_exit([](Feeders& feeders) {
              if (getpid() == first_process) feeders.clear();
            })}),
      fault("daemon-does-not-flush", "queue.exit.flushes",
            "a daemon that returns leaves its buffers unsent",
            {in_child([](const driver::SpawnOptions& options) {
               process_number() = options.daemon ? 1 : 0;
             }),
             flushes_at_exit([](Feeders& feeders) {
               if (process_number() == 1) feeders.clear();
             })}),
      fault("full-pipe-drops", "queue.exit.flushes",
            "the feeder drops an item when the channel is full", {sends_each(send_unless_full)},
            {.also = {"queue.exit.*"}}),
      fault("feeder-skips", "queue.exit.immediate-loses-a-suffix", "every 16th item is not sent",
            {sends_each(
                [](const QueuePointer& queue, detail::Producer producer, std::string_view item) {
                  if (!every(16)) send(queue, producer, item);
                })},
            {.also = {"queue.exit.flushes", "queue.exit.creator-flushes"},
             .search = as_loss(in_queues({}))}),
      fault("drop-forgets", "queue.drop.flushes",
            "items of a queue that was dropped are lost at the end",
            {queues.drop(leave_unflushed)}),
      fault("fork-copies-buffer", "queue.fork.buffered-once",
            "a child sends what its parent had buffered",
            {stays_with_each_item(), in_child(keep_buffers)}),
  };
}

}  // namespace psq::faulty
