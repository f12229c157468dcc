// What psq has to know about the whole process: its queues and its children, for fork and for the
// end.

#pragma once

#include <mutex>
#include <set>

#include "psq/process.h"
#include "src/feeder.h"

namespace psq::detail {

// A handle with state that a forked child must not inherit: locks that nobody will release, buffers
// that the parent will send, threads that are not there.
class ForkAware {
 public:
  // In the child, by its only thread: begin anew. The old state is left as it is, for ever: it may
  // have been in the middle of something.
  virtual void reset_in_child() noexcept = 0;
  // What has to be flushed at the end of the process, or null.
  virtual std::shared_ptr<Feeder> feeder() const { return nullptr; }

 protected:
  ~ForkAware() = default;
};

// One a process, never destroyed. Any thread may call any method. Every fork, of psq::Process or
// raw, finds it at rest, and its children are the child's own: none.
class ProcessState {
 public:
  using Child = std::shared_ptr<Process::State>;

  static ProcessState& instance();

  void add(ForkAware& handle) {
    const std::lock_guard lock(mutex_);
    handles_.insert(&handle);
  }
  void remove(ForkAware& handle) noexcept {
    const std::lock_guard lock(mutex_);
    handles_.erase(&handle);
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
  // Closes all queues and waits until what was put is in their channels.
  void flush_queues();

 private:
  ProcessState();

  std::mutex mutex_;
  std::set<ForkAware*> handles_;
  std::set<Child> children_;
};

}  // namespace psq::detail
