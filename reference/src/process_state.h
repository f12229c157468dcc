// What psq has to know about the whole process: its queues and its children, for fork and for the
// end.

#pragma once

#include <mutex>
#include <set>

#include "psq/process.h"
#include "src/feeder.h"

namespace psq::detail {

// One a process, never destroyed. Any thread may call any method. Every fork, of psq::Process or
// raw, finds it at rest, and its children are the child's own: none.
class ProcessState {
 public:
  using Child = std::shared_ptr<Process::State>;

  static ProcessState& instance();

  // In a forked child a queue begins with a new feeder: the old one has locks that nobody will
  // release, a buffer that the parent will send, a thread that is not there.
  void add(std::shared_ptr<Feeder>& feeder) {
    const std::lock_guard lock(mutex_);
    feeders_.insert(&feeder);
  }
  void remove(std::shared_ptr<Feeder>& feeder) noexcept {
    const std::lock_guard lock(mutex_);
    feeders_.erase(&feeder);
  }
  void add(const Child& child) {
    const std::lock_guard lock(mutex_);
    children_.insert(child);
  }

  // What a child is owed when nobody has it any more: see psq::Process. Nothing in other
  // processes than its parent.
  void let_go_of(const Child& child) noexcept;
  // All that the end of a process owes: see psq::exit.
  void finish();
  // Waits until all that was put is in the channels; nothing is put from then on. Returns what can
  // be closed. Calls of other threads go on: nobody closes a queue under them.
  std::vector<std::shared_ptr<Feeder>> flush_queues();

 private:
  ProcessState();
  void begin_in_child() noexcept;

  std::mutex mutex_;
  std::set<std::shared_ptr<Feeder>*> feeders_;
  std::set<Child> children_;
  std::vector<std::shared_ptr<Feeder>> left_behind_;
};

}  // namespace psq::detail
