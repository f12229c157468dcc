#include "psq/process.h"

#include <poll.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "psq/descriptor.h"
#include "src/fault_queue.h"
#include "src/fault_seam.h"
#include "src/process_faults.h"
#include "src/probe.h"
#include "src/process_state.h"

namespace psq {

// Until it is reaped a child's pid is nobody else's; it is reaped and signalled through this object
// only, under its lock. Only in the parent: others get InvalidArgument.
class Process::State {
 public:
  // In the parent. `at_end` is the signal that the child gets at the end of it; zero is none.
  State(pid_t child, int at_end) : pid(child), signal_at_end(at_end) {}

  // True when the child has ended; false not before the deadline.
  bool join(detail::Deadline deadline) {
    if constexpr (detail::kFaults)
      if (detail::fault_is(detail::Fault::kProcessJoinGivesUp))
        deadline = deadline.within(2 * detail::kLookAgain);
    if constexpr (detail::kFaults)
      if (detail::fault_is(detail::Fault::kProcessJoinByStarter) && !detail::fault_has_started())
        return false;
    while (!look()) {
      if (deadline.has_passed()) return false;
      // In bounded pieces: there may be no descriptor to be had, or another thread reaps the child
      // just now and this is a descriptor of somebody else. glibc 2.36 declares pidfd_open for C
      // only.
      const detail::Descriptor child(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
      pollfd watched{.fd = child.get(), .events = POLLIN, .revents = 0};
      const timespec soon = deadline.within(detail::kLookAgain).left();
      (void)ppoll(&watched, 1, &soon, nullptr);
    }
    return true;
  }

  // The exit code of a child that has ended. While it runs it is sent the signal; zero is none.
  std::optional<int> look(int signal = 0) {
    if (getpid() != parent) {
      throw InvalidArgument("process " + std::to_string(pid) + " is a child of process " +
                            std::to_string(parent) + ", and only that one can deal with it");
    }
    const std::lock_guard lock(mutex_);
    int status = 0;
    const pid_t ended = exit_code_ ? 0 : waitpid(pid, &status, WNOHANG);
    if (ended < 0) exit_code_ = 255;  // Somebody else has reaped it.
    if (ended > 0) exit_code_ = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
    if constexpr (detail::kFaults) detail::faulty_exit_code(ended > 0, signal, exit_code_);
    if (!exit_code_) ::kill(pid, signal);
    return exit_code_;
  }

  const pid_t pid;
  const pid_t parent = getpid();
  const int signal_at_end;

 private:
  std::mutex mutex_;
  std::optional<int> exit_code_;
};

namespace detail {

ProcessState& ProcessState::instance() {
  static auto* const state = new ProcessState;
  return *state;
}

// Holding the lock over the fork means that no other thread is inside when the child is copied.
ProcessState::ProcessState() {
  pthread_atfork([] { instance().mutex_.lock(); }, [] { instance().mutex_.unlock(); },
                 [] { instance().begin_in_child(); });
  // For programs that end by std::exit, with handles that nobody destroys.
  std::atexit([] { instance().finish(); });
}

void ProcessState::begin_in_child() noexcept {
  for (auto* const feeder : feeders_) {
    if constexpr (kFaults)
      if (FaultSeams::begin_in_child(**feeder)) continue;
    // The old one may have been in the middle of something: it is left as it is, for ever.
    left_behind_.push_back(
        std::exchange(*feeder, std::make_shared<Feeder>((*feeder)->give_up_queue())));
    if constexpr (kFaults) FaultSeams::begun_in_child(**feeder);
  }
  children_.clear();
  mutex_.unlock();
}

void ProcessState::let_go_of(const Child& child) noexcept {
  if (child->parent != getpid()) return;
  if constexpr (kFaults)
    if (fault_is(Fault::kDaemonsLeft) && child->signal_at_end != 0) return;
  child->look(child->signal_at_end);
  child->join(Deadline::never());
  const std::lock_guard lock(mutex_);
  children_.erase(child);
}

void ProcessState::finish() {
  std::set<Child> children;
  std::unique_lock lock(mutex_);
  children = children_;  // Another thread may end this process, too, and has to wait for the same.
  lock.unlock();
  if constexpr (kFaults)
    if (fault_is(Fault::kDaemonsLeft))
      std::erase_if(children, [](const Child& child) { return child->signal_at_end != 0; });
  if constexpr (kFaults)
    if (fault_is(Fault::kChildrenLeft))
      std::erase_if(children, [](const Child& child) { return child->signal_at_end == 0; });
  for (const Child& child : children) child->look(child->signal_at_end);
  for (const Child& child : children) child->join(Deadline::never());
  if constexpr (kFaults)
    if (fault_is(Fault::kExitDoesNotFlush)) return;
  if constexpr (kFaults)
    if (fault_is(Fault::kTasksExitDoesNotFlush)) return;
  if constexpr (kFaults)
    if (fault_is(Fault::kExitWaitsForGetters))
      while (fault_own() > 0) std::this_thread::sleep_for(kLookAgain);
  (void)flush_queues();
}

std::vector<std::shared_ptr<Feeder>> ProcessState::flush_queues() {
  std::vector<std::shared_ptr<Feeder>> feeders;
  std::unique_lock lock(mutex_);
  for (const auto* feeder : feeders_) feeders.push_back(*feeder);
  lock.unlock();
  feeders = altered("queues.flushed", std::move(feeders));
  if constexpr (kFaults)
    if (fault_is(Fault::kCreatorDoesNotFlush) && fault_in_first_process()) return feeders;
  if constexpr (kFaults)
    if (fault_is(Fault::kExitFlushesOneQueue)) FaultSeams::lose_all_but_one(feeders);
  if constexpr (kFaults)
    if (fault_is(Fault::kExitCloses))
      for (const auto& feeder : feeders) feeder->close();
  for (const auto& feeder : feeders) feeder->end();
  for (const auto& feeder : feeders) feeder->wait_flushed();
  return feeders;
}

}  // namespace detail

namespace {

// Made before main, when there is one thread: no fork finds it half made.
[[maybe_unused]] const detail::ProcessState& made_early = detail::ProcessState::instance();

// Only these two: another thread may hold the lock of an input that it is waiting for.
void flush_standard_streams() {
  std::fflush(stdout);
  std::fflush(stderr);
}

[[noreturn]] void run_child(const std::function<void()>& body) {
  try {
    body();
    psq::exit(0);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "psq: process %d ends with an error: %s\n", getpid(), error.what());
  } catch (...) {
    std::fprintf(stderr, "psq: process %d ends with an error of unknown type\n", getpid());
  }
  psq::exit(1);
}

}  // namespace

Process::Process(const std::function<void()>& body, ProcessOptions options) {
  flush_standard_streams();  // or the child would write it once more
  const pid_t pid = fork();
  if (pid < 0) throw SystemError("cannot fork", errno);
  if constexpr (detail::kFaults)
    if (pid == 0 && options.daemon && detail::fault_is(detail::Fault::kDaemonDoesNotFlush))
      body(), _exit(0);
  if constexpr (detail::kFaults)
    if (detail::fault_is(detail::Fault::kChildKeepsEnds) && pid == 0) detail::fault_keep_ends();
  if (pid == 0) run_child(body);
  if constexpr (detail::kFaults) detail::fault_has_started() = true;
  const auto state = std::make_shared<State>(pid, options.daemon ? SIGTERM : 0);
  detail::ProcessState::instance().add(state);
  state_ = {state.get(), [state](State*) { detail::ProcessState::instance().let_go_of(state); }};
}

bool Process::join(Timeout timeout) {
  if constexpr (detail::kFaults)
    if (detail::fault_is(detail::Fault::kProcessJoinZeroWaits) &&
        timeout.length() == Timeout::Duration::zero())
      timeout = 10 * detail::kLookAgain;
  if constexpr (detail::kFaults)
    if (detail::fault_is(detail::Fault::kProcessJoinEarly) && !timeout.is_forever())
      timeout = timeout.length() / 2;
  return state_->join(detail::Deadline::after(timeout));
}

std::optional<int> Process::exit_code() { return state_->look(); }

void Process::terminate() { state_->look(SIGTERM); }

void Process::kill() { state_->look(SIGKILL); }

pid_t Process::pid() const noexcept { return state_->pid; }

void execute(const std::vector<std::string>& command) {
  if (command.empty()) throw InvalidArgument("no program to execute; its name comes first");
  std::vector<char*> arguments(command.size() + 1);  // A null pointer is the last.
  for (std::size_t i = 0; i < command.size(); ++i)
    arguments[i] = const_cast<char*>(command[i].c_str());
  const auto feeders = detail::ProcessState::instance().flush_queues();
  flush_standard_streams();
  execvp(arguments[0], arguments.data());
  for (const auto& feeder : feeders) feeder->close();
  throw SystemError("cannot execute " + command[0], errno);
}

void exit(int status) {
  detail::ProcessState::instance().finish();
  flush_standard_streams();
  _exit(status);
}

}  // namespace psq
