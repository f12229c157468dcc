// The named threads of one process, each with its queue of requests.
#pragma once

#include <pthread.h>

#include <condition_variable>
#include <csignal>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "psq/driver/internal/request.h"

namespace psq::driver::internal {

/// Does tasks on one thread, in the order of their posts.
class TaskQueue {
 public:
  using Task = std::function<void()>;

  void post(Task task) {
    {
      const std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    posted_.notify_one();
  }

  /// Waits for a task and does it. False: it was an empty one, the last.
  bool do_one() {
    std::unique_lock lock(mutex_);
    posted_.wait(lock, [this] { return !tasks_.empty(); });
    const Task task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    if (!task) return false;
    task();
    return true;
  }

 private:
  std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<Task> tasks_;
};

/// Threads by name; a new name starts a thread. Threads are detached and end with the process, at
/// the latest, so this object is never destroyed. Only the thread that reads requests calls `post`
/// and `end`.
class NamedThreads {
 public:
  /// Throws std::system_error when the thread cannot be started.
  void post(const std::string& name, TaskQueue::Task task) {
    if (name == kMainThread) return main_.post(std::move(task));
    auto found = others_.find(name);
    if (found == others_.end()) found = others_.emplace(name, start(name)).first;
    found->second->post(std::move(task));
  }

  /// Ends a thread, not main, after the tasks that were posted to it. Its name may be used again.
  void end(const std::string& name) {
    const auto found = others_.find(name);
    found->second->post(nullptr);
    others_.erase(found);
  }

  /// Does the tasks of `main` on the calling thread, until `ended` returns true after a task.
  void serve_main(const std::function<bool()>& ended) {
    while (!ended()) main_.do_one();
  }

 private:
  static std::shared_ptr<TaskQueue> start(const std::string& name) {
    auto tasks = std::make_shared<TaskQueue>();
    std::thread thread([serve = tasks] {
      // The thread that reads requests, which starts this one, blocks all signals.
      sigset_t none;
      ::sigemptyset(&none);
      ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
      while (serve->do_one()) {
      }
    });
    ::pthread_setname_np(thread.native_handle(), name.substr(0, 15).c_str());
    thread.detach();
    return tasks;
  }

  TaskQueue main_;
  std::map<std::string, std::shared_ptr<TaskQueue>> others_;
};

}  // namespace psq::driver::internal
