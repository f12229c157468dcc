#include "src/process_state.h"

#include <pthread.h>

#include <csignal>
#include <cstdlib>
#include <new>
#include <thread>

#include "src/child.h"
#include "src/fault_seam.h"

namespace psq::detail {
namespace {

// Made before main, when there is one thread: no fork finds it half made.
[[maybe_unused]] const ProcessState& made_early = ProcessState::instance();

}  // namespace

ProcessState& ProcessState::instance() {
  static ProcessState* const state = new ProcessState;
  return *state;
}

ProcessState::ProcessState() {
  pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
  // For programs that end by std::exit, with handles that nobody destroys.
  std::atexit([] { instance().finish(); });
}

void ProcessState::add(ForkAware& handle) {
  const std::lock_guard lock(mutex_);
  handles_.insert(&handle);
}

void ProcessState::remove(ForkAware& handle) noexcept {
  const std::lock_guard lock(mutex_);
  handles_.erase(&handle);
}

void ProcessState::add_child(const std::shared_ptr<Process::State>& child) {
  const std::lock_guard lock(mutex_);
  children_.insert(child);
}

void ProcessState::remove_child(const std::shared_ptr<Process::State>& child) noexcept {
  const std::lock_guard lock(mutex_);
  children_.erase(child);
}

// Holding the lock over the fork means that no other thread is inside when the child is copied.
void ProcessState::before_fork() {
  instance().mutex_.lock();
}

void ProcessState::after_fork_in_parent() {
  instance().mutex_.unlock();
}

void ProcessState::after_fork_in_child() {
  ProcessState& state = instance();
  for (ForkAware* handle : state.handles_) handle->reset_in_child();
  state.children_.clear();
  state.mutex_.unlock();
}

void ProcessState::finish() {
  finish_children();
  if constexpr (kFaults)
    if (fault_is(Fault::kExitDoesNotFlush)) return;
  if constexpr (kFaults)
    if (fault_is(Fault::kTasksExitDoesNotFlush)) return;
  if constexpr (kFaults)
    if (fault_is(Fault::kExitWaitsForGetters))
      while (fault_own() > 0) std::this_thread::sleep_for(kLookAgain);
  flush_queues();
}

void ProcessState::finish_children() {
  std::set<std::shared_ptr<Process::State>> children;
  {
    const std::lock_guard lock(mutex_);
    children.swap(children_);
  }
  if constexpr (kFaults)
    if (fault_is(Fault::kDaemonsLeft))
      std::erase_if(children, [](const auto& child) { return child->is_daemon(); });
  if constexpr (kFaults)
    if (fault_is(Fault::kChildrenLeft))
      std::erase_if(children, [](const auto& child) { return !child->is_daemon(); });
  for (const auto& child : children) {
    if (child->is_daemon()) child->send_signal(SIGTERM);
  }
  for (const auto& child : children) child->join(Deadline::never());
}

void ProcessState::flush_queues() {
  std::vector<std::shared_ptr<Feeder>> feeders;
  {
    const std::lock_guard lock(mutex_);
    for (const ForkAware* handle : handles_) {
      if (auto feeder = handle->feeder()) feeders.push_back(std::move(feeder));
    }
  }
  if constexpr (kFaults)
    if (fault_is(Fault::kExitFlushesOneQueue))
      for (; feeders.size() > 1; feeders.pop_back()) feeders.back()->fault_lose();
  for (const auto& feeder : feeders) feeder->close();
  for (const auto& feeder : feeders) feeder->wait_flushed();
}

}  // namespace psq::detail
