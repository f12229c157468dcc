// Faults of close, join_thread and cancel_join_thread, against spec/queue.md.
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

bool put_dropping_after_close(LocalQueue& queue, std::string_view item, Timeout timeout) {
  return is_closed(queue) || queue.put(item, timeout);
}

void forget_buffer(LocalQueue& queue) {
  const std::lock_guard lock(queue.feeder_->mutex_);
  queue.feeder_->buffer_ = {};
}

void close_or_reopen(LocalQueue& queue) {
  if (!is_closed(queue)) return queue.close();
  const std::lock_guard lock(queue.feeder_->mutex_);
  queue.feeder_->stop_.requested_ = queue.feeder_->ending_ = false;
}

thread_local bool has_closed = false;

void check_open_where_closed(LocalQueue& queue) {
  if (has_closed) queue.check_open();
}

bool put_where_closed(LocalQueue& queue, std::string_view item, Timeout timeout) {
  return has_closed ? queue.put(item, timeout) : put_dropping_after_close(queue, item, timeout);
}

void join_thread_alone(LocalQueue& queue) {
  if (!is_closed(queue)) return queue.join_thread();
  if (process_number().fetch_add(1) > 0) hang();
  queue.join_thread();
  --process_number();
}

void join_thread_for_something(LocalQueue& queue) {
  if (is_closed(queue) && process_number() == 0) hang();
  queue.join_thread();
}

void join_thread_though_cancelled(LocalQueue& queue) {
  if (!is_closed(queue)) return queue.join_thread();
  std::unique_lock lock(queue.feeder_->mutex_);
  queue.feeder_->done_.wait(lock, [&] { return queue.feeder_->thread_ == Feeder::Thread::kNone; });
}

void cancel_after_put(LocalQueue& queue) {
  std::unique_lock lock(queue.feeder_->mutex_);
  const bool was_put = queue.feeder_->thread_ != Feeder::Thread::kNone;
  lock.unlock();
  if (was_put) queue.cancel_join_thread();
}

}  // namespace

std::vector<Fault> queue_close_faults() {
  return {
      fault("put-after-close-serializes", "queue.close.put-closed",
            "put after close serializes its item before it looks",
            {queues.check_open([](LocalQueue&) {})}),
      fault("put-after-close", "queue.close.put-closed", "put after close drops the item silently",
            {queues.check_open([](LocalQueue&) {}), queues.put(put_dropping_after_close)},
            {.also = {"queue.close.*"}}),
      fault("get-after-close", "queue.close.get-closed", "get after close reports Empty",
            {get_empty_after_close(queues)}, {.also = {"queue.close.all-threads"}}),
      fault("close-forgets", "queue.close.flushes", "close throws the buffered items away",
            {stays_with_each_item(), queues.close([](LocalQueue& queue) {
               forget_buffer(queue);
               queue.close();
             }),
             queues.drop([](const std::unique_ptr<LocalQueue>& queue) { forget_buffer(*queue); })},
            {.also = {"queue.close.*"}, .search = as_loss(in_queues({"close.flushes"}))}),
      fault("close-takes-slot", "queue.close.local", "close takes a slot for ever",
            {counts_extra_slots(), queues.close([](LocalQueue& queue) {
               take_extra_slot(*queue.queue_);
               queue.close();
             })},
            {.also = {"queue.close.*"}}),
      fault("close-again-takes-slot", "queue.close.idempotent",
            "close of a closed queue takes a slot",
            {counts_extra_slots(), queues.close([](LocalQueue& queue) {
               if (is_closed(queue)) take_extra_slot(*queue.queue_);
               queue.close();
             })}),
      fault("close-again-reopens", "queue.close.idempotent", "close of a closed queue opens it",
            {queues.close(close_or_reopen)}),
      fault("close-thread-local", "queue.close.all-threads",
            "put by another thread than the closing one drops the item silently",
            {queues.check_open(check_open_where_closed), queues.put(put_where_closed),
             queues.close([](LocalQueue& queue) {
               has_closed = true;
               queue.close();
             })},
            {.also = {"queue.close.beside-puts"}}),
      fault("join-thread-does-not-wait", "queue.join-thread.waits-for-flush",
            "join_thread returns at once", {queues.join_thread([](LocalQueue& queue) {
              if (!is_closed(queue)) queue.join_thread();
            })}),
      fault("join-thread-unchecked", "queue.join-thread.unclosed",
            "join_thread before close returns at once", {queues.join_thread([](LocalQueue& queue) {
              if (is_closed(queue)) queue.join_thread();
            })}),
      fault("join-thread-once", "queue.join-thread.repeatable", "a second join_thread is refused",
            {queues.join_thread([](LocalQueue& queue) {
              if (every(2)) throw NotStarted("it was joined before");
              queue.join_thread();
            })}),
      fault("join-thread-waits-for-nothing", "queue.join-thread.nothing-put",
            "join_thread waits for ever when nothing was put",
            {queues.put(put_noting), queues.join_thread(join_thread_for_something)}),
      fault("join-thread-wakes-one", "queue.join-thread.several-threads",
            "of several threads in join_thread one is woken",
            {queues.join_thread(join_thread_alone)}),
      fault("cancel-ignored", "queue.cancel-join-thread.exit-does-not-wait",
            "cancel_join_thread does nothing", {queues.cancel_join_thread([](LocalQueue&) {})},
            {.also = {"queue.cancel-join-thread.*"}}),
      fault("cancel-before-put-forgotten", "queue.cancel-join-thread.any-time",
            "cancel_join_thread before the first put does nothing",
            {queues.cancel_join_thread(cancel_after_put)}),
      fault("cancel-after-close-forgotten", "queue.cancel-join-thread.any-time",
            "cancel_join_thread after close does nothing",
            {queues.cancel_join_thread([](LocalQueue& queue) {
              if (!is_closed(queue)) queue.cancel_join_thread();
            })}),
      fault("cancel-spares-join-thread", "queue.cancel-join-thread.join-thread-does-not-wait",
            "join_thread waits although it was cancelled",
            {queues.join_thread(join_thread_though_cancelled)},
            {.also = {"queue.cancel-join-thread.*"}}),
  };
}

}  // namespace psq::faulty
