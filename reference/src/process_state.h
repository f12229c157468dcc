// The queues and the children of this process, for fork and for the end of the process.

#pragma once

#include <mutex>
#include <set>

#include "psq/process.h"
#include "src/feeder.h"

namespace psq::detail {

// One a process, never destroyed. Any thread may call any method. A fork, by psq::Process or by
// fork(2), waits until no thread is inside. The child starts with no children.
class ProcessState {
 public:
  using Child = std::shared_ptr<Process::State>;

  static ProcessState& instance();

  // In a forked child each queue gets a new feeder. The old one has locks that no thread will
  // release, a buffer that the parent will send, and a thread that the child does not have.
  void add(std::shared_ptr<Feeder>& feeder) {
    const std::lock_guard lock(mutex_);
    feeders_.insert(&feeder);
    if (finished_) end_of_thread(*feeder);
  }
  void remove(std::shared_ptr<Feeder>& feeder) noexcept {
    const std::lock_guard lock(mutex_);
    feeders_.erase(&feeder);
  }
  void add(const Child& child) {
    const std::lock_guard lock(mutex_);
    children_.insert(child);
  }

  // The destructor of a child's last handle; see psq::Process. Does nothing in other processes than
  // its parent.
  void let_go_of(const Child& child) noexcept;
  // What a process does before it ends; see psq::exit.
  void finish();
  // Waits until all items that were put are in the channels. Later puts find no slot. Returns the
  // feeders, which stay open: calls of other threads go on.
  std::vector<std::shared_ptr<Feeder>> flush_queues();

 private:
  ProcessState();
  // From now on each put into the queue sends by itself.
  static void end_of_thread(Feeder& feeder) noexcept {
    feeder.end();
    feeder.put_directly();
  }
  void begin_in_child() noexcept;

  std::mutex mutex_;
  bool finished_ = false;  // The rest of the process's end is up to destructors of the program.
  std::set<std::shared_ptr<Feeder>*> feeders_;
  std::set<Child> children_;
  std::vector<std::shared_ptr<Feeder>> left_behind_;
};

}  // namespace psq::detail
