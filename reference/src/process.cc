#include "psq/process.h"

#include <cxxabi.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "psq/descriptor.h"
#include "src/daemon.h"
#include "src/own_descriptor.h"
#include "src/own_stacks.h"
#include "src/pid_namespace.h"
#include "src/probe.h"
#include "src/process_state.h"

namespace psq {

// One child, as its parent sees it. The system gives the pid of a child to no other process until
// the child is reaped. Only this class reaps the child and sends it signals, and it does both under
// its lock: no signal reaches another process. In other processes than the parent each method
// throws InvalidArgument.
class Process::State {
 public:
  // In the parent. `at_end` is the signal that the child gets when the parent ends; zero is none.
  State(pid_t child, int at_end) : pid(child), signal_at_end(at_end) {}

  // True when the child has ended; false not before the deadline.
  bool join(detail::Deadline deadline) {
    while (!look()) {
      if (deadline.has_passed()) return false;
      const auto child = detail::descriptor_of_process(pid);
      // The descriptor stands for the child, and not for a later process of the same number, if
      // the child is not reaped even now.
      if (look()) return true;
      // In short waits where the descriptor is missing (too many are open), and where there is a
      // deadline: a wait that a stop interrupts goes on with the time that was left before it.
      const bool is_short = child.get() < 0 || !deadline.is_never();
      const timespec soon = deadline.within(detail::kLookAgain).left();
      pollfd watched{.fd = child.get(), .events = POLLIN, .revents = 0};
      (void)ppoll(&watched, 1, is_short ? &soon : nullptr, nullptr);
    }
    return true;
  }

  // The exit code of a child that has ended. A child that runs is sent the signal; zero is none.
  std::optional<int> look(int signal = 0) {
    const std::lock_guard lock = lock_in_parent();
    return look_locked(signal);
  }

  // Made by the first call, under the lock: the child is not reaped then, or known to be.
  int descriptor() {
    const std::lock_guard lock = lock_in_parent();
    if (end_.get() < 0) {
      end_ = look_locked(0) ? detail::own_descriptor(eventfd(1, EFD_CLOEXEC))
                            : detail::descriptor_of_process(pid);
    }
    if (end_.get() < 0) throw SystemError("cannot watch a process", errno);
    return end_.get();
  }

  const pid_t pid;
  const pid_t parent = getpid();
  const int signal_at_end;

 private:
  [[nodiscard]] std::lock_guard<std::mutex> lock_in_parent() {
    if (getpid() != parent) {
      throw InvalidArgument("process " + std::to_string(pid) + " is a child of process " +
                            std::to_string(parent) + ", and only that one can deal with it");
    }
    return std::lock_guard(mutex_);
  }

  std::optional<int> look_locked(int signal) {
    int status = 0;
    const pid_t ended = exit_code_ ? 0 : waitpid(pid, &status, WNOHANG);
    if (ended < 0) exit_code_ = 255;  // The program reaped the child by a waitpid of its own.
    if (ended > 0) exit_code_ = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
    if (!exit_code_) ::kill(pid, signal);
    return exit_code_;
  }

  std::mutex mutex_;
  std::optional<int> exit_code_;
  detail::Descriptor end_;  // None before it is asked for.
};

namespace detail {

ProcessState& ProcessState::instance() {
  static auto* const state = new ProcessState;
  return *state;
}

// A fork takes the lock first: no other thread is inside when the process is copied.
ProcessState::ProcessState() {
  // A fork takes the locks of what is registered last first. A thread that starts a feeder holds
  // the feeder's lock and takes that of the stacks, and this state's lock comes before both.
  (void)OwnStacks::instance();
  pthread_atfork([] { instance().mutex_.lock(); }, [] { instance().mutex_.unlock(); },
                 [] { instance().begin_in_child(); });
  // For programs that return from main or call std::exit while handles are still in use.
  std::atexit([] { instance().finish(); });
}

void ProcessState::begin_in_child() noexcept {
  forks_.store(generation() + 1, std::memory_order_relaxed);
  children_.clear();
  end_ = End::kNotYet;
  PidNamespace::forget();
  mutex_.unlock();
}

void ProcessState::let_go_of(const Child& child) noexcept {
  if (child->parent != getpid()) return;
  child->look(child->signal_at_end);
  child->join(Deadline::never());
  const std::lock_guard lock(mutex_);
  children_.erase(child);
}

void ProcessState::finish() {
  std::unique_lock lock(mutex_);
  // A copy: two threads may end this process at the same time, and both wait for all children.
  const std::set<Child> children = children_;
  lock.unlock();
  for (const Child& child : children) child->look(child->signal_at_end);
  for (const Child& child : children) child->join(Deadline::never());
  flush_queues();
  lock.lock();
  end_ = End::kFinished;
  for (const auto* feeder : feeders_)
    if (feeder->is_own()) end_with_process(*feeder->feeder_);
}

void ProcessState::flush_queues() {
  std::vector<std::shared_ptr<Feeder>> feeders;
  std::unique_lock lock(mutex_);
  end_ = std::max(end_, End::kFlushed);
  for (const auto* feeder : feeders_)
    if (feeder->is_own()) feeders.push_back(feeder->feeder_);
  lock.unlock();
  feeders = altered("queues.flushed", std::move(feeders));
  for (const auto& feeder : feeders) feeder->end();
  for (const auto& feeder : feeders) feeder->wait_flushed_or_interrupted();
}

void ProcessState::close_queues() noexcept {
  const std::lock_guard lock(mutex_);
  end_ = End::kNotYet;
  for (const auto* feeder : feeders_) {
    renew_locked(*feeder);
    feeder->feeder_->close();
  }
}

void ProcessState::renew_locked(const OwnFeeder& feeder) {
  if (feeder.is_own()) return;
  auto own = std::make_shared<Feeder>(feeder.queue_);
  leave_behind(feeder);
  feeder.feeder_ = std::move(own);
  end_with_process(*feeder.feeder_);
  feeder.generation_.store(generation(), std::memory_order_release);
}

}  // namespace detail

namespace {

// Made before main, while there is one thread: a fork never copies a half-made one.
[[maybe_unused]] const detail::ProcessState& made_early = detail::ProcessState::instance();

// A stream that the program has asked to throw has set its state all the same.
template <typename Stream>
void write_buffered(Stream& stream) noexcept {
  try {
    stream.flush();
  } catch (...) {
    return;
  }
}

// Output streams alone: a thread that waits for input holds the lock of its stream.
void flush_standard_streams() {
  // They have buffers of their own after std::ios::sync_with_stdio(false).
  for (std::ostream* stream : {&std::cout, &std::clog}) write_buffered(*stream);
  for (std::wostream* stream : {&std::wcout, &std::wclog}) write_buffered(*stream);
  std::fflush(stdout);
  std::fflush(stderr);
}

[[noreturn]] void run_child(const std::function<void()>& body) {
  try {
    body();
    psq::exit(0);
  } catch (const abi::__forced_unwind&) {
    psq::exit(0);  // By pthread_exit: no exception, and no error.
  } catch (const std::exception& error) {
    std::fprintf(stderr, "psq: process %d ends with an error: %s\n", getpid(), error.what());
  } catch (...) {
    std::fprintf(stderr, "psq: process %d ends with an error of unknown type\n", getpid());
  }
  psq::exit(1);
}

}  // namespace

Process::Process(ByFork, const std::function<void()>& body, ProcessOptions options) {
  flush_standard_streams();  // The child would write what is buffered once more.
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid < 0) throw SystemError("cannot fork", errno);
  if (pid == 0) {
    if (detail::altered("daemon.watches-parent", options.daemon)) detail::end_with(parent);
    run_child(body);
  }
  const auto state = std::make_shared<State>(pid, options.daemon ? SIGTERM : 0);
  detail::ProcessState::instance().add(state);
  state_ = {state.get(), [state](State*) { detail::ProcessState::instance().let_go_of(state); }};
}

bool Process::join(Timeout timeout) { return state_->join(detail::Deadline::after(timeout)); }

std::optional<int> Process::exit_code() { return state_->look(); }

int Process::fd() const { return state_->descriptor(); }

void Process::terminate() { state_->look(SIGTERM); }

void Process::kill() { state_->look(SIGKILL); }

pid_t Process::pid() const noexcept { return state_->pid; }

void execute(const std::vector<std::string>& command) {
  if (command.empty()) throw InvalidArgument("no program to execute; its name comes first");
  std::vector<char*> arguments(command.size() + 1);  // A null pointer is the last.
  for (std::size_t i = 0; i < command.size(); ++i)
    arguments[i] = const_cast<char*>(command[i].c_str());
  detail::ProcessState::instance().flush_queues();
  flush_standard_streams();
  execvp(arguments[0], arguments.data());
  detail::ProcessState::instance().close_queues();
  throw SystemError("cannot execute " + command[0], errno);
}

void finish() { detail::ProcessState::instance().finish(); }

void exit(int status) {
  finish();
  flush_standard_streams();
  _exit(status);
}

}  // namespace psq
