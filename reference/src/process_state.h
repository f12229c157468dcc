// The queues and the children of this process, for fork and for the end of the process.

#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "psq/process.h"
#include "src/feeder.h"

namespace psq::detail {

class ProcessState;

// The feeder of a queue in this process. A forked child has the parent's one, with locks that no
// thread will release, a buffer that the parent will send, and a thread that the child does not
// have. The first use in the child replaces it, not the fork: a fork takes no longer for many
// queues. Any thread may call any method.
class OwnFeeder {
 public:
  explicit OwnFeeder(QueuePointer queue);
  ~OwnFeeder();
  OwnFeeder(OwnFeeder&&) = delete;

  [[nodiscard]] Feeder& operator*() const { return *get(); }
  Feeder* operator->() const { return &**this; }
  // Whether this process has used it or made it.
  [[nodiscard]] bool is_own() const noexcept;

 private:
  friend ProcessState;

  [[nodiscard]] const std::shared_ptr<Feeder>& get() const;

  const QueuePointer queue_;
  // Of the process that is `generation_` forks away from the first one.
  mutable std::shared_ptr<Feeder> feeder_;
  mutable std::atomic<unsigned> generation_;
};

// One a process, never destroyed. Any thread may call any method. A fork, by psq::Process or by
// fork(2), waits until no thread is inside. The child starts with no children.
class ProcessState {
 public:
  using Child = std::shared_ptr<Process::State>;

  static ProcessState& instance();

  void add(OwnFeeder& feeder) {
    const std::lock_guard lock(mutex_);
    feeders_.insert(&feeder);
    end_with_process(*feeder.feeder_);
  }
  void remove(OwnFeeder& feeder) noexcept {
    const std::lock_guard lock(mutex_);
    feeders_.erase(&feeder);
    if (!feeder.is_own()) leave_behind(feeder);
  }
  // In a child, at the first use.
  void renew(const OwnFeeder& feeder) {
    const std::lock_guard lock(mutex_);
    renew_locked(feeder);
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
  // Waits until all items that were put are in the channels. Later puts find no slot. The queues
  // stay open: calls of other threads go on.
  void flush_queues();
  // After flush_queues, in a process that does not end after all.
  void close_queues() noexcept;

  // How many forks this process is away from the first one.
  [[nodiscard]] static unsigned generation() noexcept {
    return forks_.load(std::memory_order_relaxed);
  }

 private:
  // How far the end of the process has come. At last the rest is up to destructors of the program.
  enum class End { kNotYet, kFlushed, kFinished };

  ProcessState();
  void begin_in_child() noexcept;
  // With the lock held, as all below.
  void renew_locked(const OwnFeeder& feeder);
  // What a queue that is first used at the end of the process has missed.
  void end_with_process(Feeder& feeder) const noexcept {
    if (end_ != End::kNotYet) feeder.end();
    if (end_ == End::kFinished) feeder.put_directly();
  }
  // A thread of the parent may have been changing the feeder at the fork: it is never used or
  // destroyed in this process, but lets go of the memory.
  void leave_behind(const OwnFeeder& feeder) {
    left_behind_.push_back(feeder.feeder_);
    feeder.feeder_->let_go_of_queue();
  }

  static inline std::atomic<unsigned> forks_{0};

  std::mutex mutex_;
  End end_ = End::kNotYet;
  std::set<OwnFeeder*> feeders_;
  std::set<Child> children_;
  std::vector<std::shared_ptr<Feeder>> left_behind_;
};

inline OwnFeeder::OwnFeeder(QueuePointer queue)
    : queue_(std::move(queue)),
      feeder_(std::make_shared<Feeder>(queue_)),
      generation_(ProcessState::generation()) {
  ProcessState::instance().add(*this);
}
inline OwnFeeder::~OwnFeeder() { ProcessState::instance().remove(*this); }
inline bool OwnFeeder::is_own() const noexcept {
  return generation_.load(std::memory_order_acquire) == ProcessState::generation();
}
inline const std::shared_ptr<Feeder>& OwnFeeder::get() const {
  if (!is_own()) ProcessState::instance().renew(*this);
  return feeder_;
}

}  // namespace psq::detail
