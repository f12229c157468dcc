// JoinableQueue<T>: a Queue that also counts unfinished tasks. A caller of join waits until every
// task is finished.
//
// Processes, threads, lifetime, order, units and errors: as in psq/queue.h, whose clauses hold here
// too. A process that dies between its get and its task_done leaves the task unfinished, because no
// process can know how much of the work is done.
//
// Clauses: joinable-queue.create.bound, joinable-queue.get.exactly-once,
// joinable-queue.order.per-producer, joinable-queue.item.sizes-intact,
// joinable-queue.exit.flushes, failure.kill.task-remains, failure.kill.joiner-others.

#pragma once

#include <cstdint>

#include "psq/queue.h"

namespace psq {

// What the constructor of a JoinableQueue is told.
struct JoinableQueueOptions {
  std::int64_t maxsize = 0;     // Number of items. Zero or less means no configured bound.
  std::int64_t unfinished = 0;  // Number of unfinished tasks at first, 0 to kMaxUnfinished.
};

// As Queue, with a count of unfinished tasks that all processes share. Each put adds one task
// before its item becomes visible. A put throws CountOverflow when the count is kMaxUnfinished; it
// then puts no item and takes no slot. A get does not change the count. Clauses:
// joinable-queue.put.count-overflow, joinable-queue.put.overflow-without-effect,
// joinable-queue.put.not-serializable-task, joinable-queue.put.full-after-timeout,
// joinable-queue.put.slot-freed-by-get, joinable-queue.join.get-alone-does-not-count.
template <typename T>
class JoinableQueue : public Queue<T> {
 public:
  // Throws InvalidArgument when an option is out of range, and SystemError as Queue does.
  explicit JoinableQueue(JoinableQueueOptions options = {})
      : JoinableQueue(detail::QueueCore::create({.kind = detail::QueueKind::kJoinable,
                                                 .maxsize = options.maxsize,
                                                 .unfinished = options.unfinished})) {}

  // Marks one task as finished. Also works after close. Throws TaskDoneTooOften when the count is
  // zero.
  // Clauses: joinable-queue.task-done.too-often, joinable-queue.task-done.any-process,
  // joinable-queue.task-done.usable-after-too-often, joinable-queue.task-done.before-get,
  // joinable-queue.task-done.at-once-after-get, joinable-queue.close.keeps-tasks.
  void task_done() { this->core().task_done(); }

  // Waits until no task is unfinished. Returns when a task_done brings the count to zero during the
  // call, even if a later put raises it again, or when the count is zero because unfinished tasks
  // died with their process. Releases every caller in every process. Also works after close.
  // Clauses:
  // joinable-queue.join.waits-for-tasks, joinable-queue.join.returns-at-zero,
  // joinable-queue.join.releases-all, joinable-queue.join.again-after-zero,
  // joinable-queue.join.every-producer, joinable-queue.join.zero-for-a-moment.
  void join() { (void)this->core().join(forever); }
  // As join, but waits up to `timeout`, and returns whether the tasks were finished in that time.
  [[nodiscard]] bool join(Timeout timeout) { return this->core().join(timeout); }
  // The same, but does not wait unless it is told to.
  [[nodiscard]] bool try_join(Timeout timeout = no_wait) { return join(timeout); }

  // As Queue::create_at.
  [[nodiscard]] static JoinableQueue create_at(const std::string& path,
                                               JoinableQueueOptions options = {},
                                               mode_t mode = 0600) {
    return JoinableQueue(detail::QueueCore::create_at(path, mode,
                                                      {.kind = detail::QueueKind::kJoinable,
                                                       .maxsize = options.maxsize,
                                                       .unfinished = options.unfinished}));
  }
  // As Queue::open_at.
  [[nodiscard]] static JoinableQueue open_at(const std::string& path) {
    return JoinableQueue(detail::QueueCore::open_at(detail::QueueKind::kJoinable, path));
  }
  // As Queue::receive_from.
  [[nodiscard]] static JoinableQueue receive_from(int socket) {
    return JoinableQueue(detail::QueueCore::receive_from(detail::QueueKind::kJoinable, socket));
  }

  // As Queue::from_handle.
  [[nodiscard]] static JoinableQueue from_handle(const std::string& token) {
    return JoinableQueue(detail::QueueCore::open(detail::QueueKind::kJoinable, token));
  }

 private:
  explicit JoinableQueue(std::unique_ptr<detail::QueueCore> core) : Queue<T>(std::move(core)) {}
};

}  // namespace psq
