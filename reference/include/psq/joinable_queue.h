// JoinableQueue<T>: a Queue that counts unfinished tasks, so that a process can wait for all of
// them.
//
// Processes, threads, lifetime, order and units: as psq/queue.h says, and its clauses hold here,
// too. A process that dies between its get and its task_done leaves the task unfinished: no process
// can know whether the work was done.
//
// Clauses: joinable-queue.create.bound, joinable-queue.get.exactly-once,
// joinable-queue.order.per-producer, joinable-queue.item.sizes-intact,
// joinable-queue.exit.flushes, failure.kill.task-remains, failure.kill.joiner-others.

#pragma once

#include <cstdint>

#include "psq/queue.h"

namespace psq {

struct JoinableQueueOptions {
  std::int64_t maxsize = 0;     // Number of items; zero or less: no configured bound.
  std::int64_t unfinished = 0;  // Unfinished tasks to start with, from 0 to kMaxUnfinished.
};

// As Queue, and: each put counts one unfinished task before its item can be got, and throws
// CountOverflow when the count is at kMaxUnfinished (the item is not put then, no slot is taken).
// The count is shared by all processes; a get does not change it. Clauses:
// joinable-queue.put.count-overflow, joinable-queue.put.overflow-without-effect,
// joinable-queue.put.not-serializable-task, joinable-queue.put.full-after-timeout,
// joinable-queue.put.slot-freed-by-get, joinable-queue.join.get-alone-does-not-count.
template <typename T>
class JoinableQueue : public Queue<T> {
 public:
  // Throws InvalidArgument when an option is out of its range.
  explicit JoinableQueue(JoinableQueueOptions options = {})
      : JoinableQueue(detail::QueueCore::create({.kind = detail::QueueKind::kJoinable,
                                                 .maxsize = options.maxsize,
                                                 .unfinished = options.unfinished})) {}

  // One task is finished. Works after close, too. Throws TaskDoneTooOften at a count of zero.
  // Clauses: joinable-queue.task-done.too-often, joinable-queue.task-done.any-process,
  // joinable-queue.task-done.usable-after-too-often, joinable-queue.task-done.before-get,
  // joinable-queue.task-done.at-once-after-get, joinable-queue.close.keeps-tasks.
  void task_done() { this->core().task_done(); }

  // Waits until no task is unfinished: returns when a task_done during the call makes the count
  // zero, or when it is zero because tasks died with their process. Releases every caller in every
  // process. Works after close, too. Clauses:
  // joinable-queue.join.waits-for-tasks, joinable-queue.join.returns-at-zero,
  // joinable-queue.join.releases-all, joinable-queue.join.again-after-zero,
  // joinable-queue.join.every-producer, joinable-queue.join.zero-for-a-moment.
  void join() { (void)this->core().join(forever); }
  // With a timeout: whether the count became zero within it.
  [[nodiscard]] bool join(Timeout timeout) { return this->core().join(timeout); }

  // As Queue's.
  [[nodiscard]] static JoinableQueue from_handle(const std::string& token) {
    return JoinableQueue(detail::QueueCore::open(detail::QueueKind::kJoinable, token));
  }

 private:
  explicit JoinableQueue(std::unique_ptr<detail::QueueCore> core) : Queue<T>(std::move(core)) {}
};

}  // namespace psq
