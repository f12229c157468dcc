// Process: a child made by fork, which inherits every queue and connection of its parent.
//
// The parent's other threads do not exist in the child, and the locks that they hold stay locked
// there. This is safe for the locks of psq and of standard streams, but not for those of every
// library.
//
// Clauses: process.objects.every-type, process.objects.grandchild, process.objects.while-blocked,
// process.objects.after-drop, process.children.several, process.hygiene.descriptors,
// process.hygiene.nothing-left.

#pragma once

#include <sys/types.h>

#include <concepts>
#include <functional>
#include <memory>
#include <optional>

#include "psq/export.h"
#include "psq/timeout.h"
#include "psq/wait.h"

namespace PSQ_EXPORT psq {

// What the constructor of a Process is told.
struct ProcessOptions {
  // A daemon is terminated, not waited for, when its parent ends; a signal may have ended the
  // parent. Of a program that a daemon executes, only a parent that ends by itself takes care.
  bool daemon = false;
};

// The parent's handle of one child. Movable. Any number of threads may call any methods at the same
// time. In a process that is not the child's parent every method but pid throws InvalidArgument,
// and the destructor does nothing. A handle that was moved from can only be destroyed or assigned
// to. The destructor terminates a daemon, then joins the child: it waits as long as the child
// lives. Clauses: process.daemon.ends-with-parent.
class Process : public Waitable {
 public:
  // Forks. The child calls its copy of `body`, any callable, on the forking thread, then ends by
  // psq::exit(0). An exception that leaves `body` is reported on standard error, and the child ends
  // by psq::exit(1). A body that calls pthread_exit has returned. What is buffered for standard
  // output and error, by std::cout and std::clog too, is written first. Any thread may call it.
  // Throws SystemError when the system allows no more processes. Clauses: process.exit-code.values.
  template <typename Body>
  requires(std::invocable<Body&> &&
           !std::same_as<std::remove_cvref_t<Body>,
                         Process>) explicit Process(Body&& body, ProcessOptions options = {})
      : Process(
            ByFork(), [&body] { body(); }, options) {}

  // Waits until the child has ended and returns true, or returns false after the timeout. Clauses:
  // process.join.waits, process.join.timeout-by-value, process.join.zero-at-once,
  // process.join.any-thread.
  bool join(Timeout timeout = forever);

  // Nothing while the child runs. Then its exit status, or minus the number of the signal that
  // ended it; 255 when the program reaped the child by a waitpid of its own. Clauses:
  // process.exit-code.values.
  [[nodiscard]] std::optional<int> exit_code();

  // A descriptor that is readable as soon as the child has ended (Python's sentinel), for wait,
  // poll(2) and the like. The same one in each call; the handle keeps it. Throws SystemError when
  // the system has no descriptor left.
  [[nodiscard]] int fd() const override;

  // Sends SIGTERM, and does not wait. Does nothing when the child has ended. Clauses:
  // process.terminate.ends, process.terminate.after-end.
  void terminate();
  // As terminate, but sends SIGKILL. Clauses: process.kill.ends.
  void kill();

  // The number of the child's process.
  [[nodiscard]] pid_t pid() const noexcept;

  class State;

 private:
  struct ByFork {};
  Process(ByFork how, const std::function<void()>& body, ProcessOptions options);

  std::unique_ptr<State, std::function<void(State*)>> state_;  // The deleter ends the child.
};

// Ends this process as a return from main does, but runs no destructors: terminates its daemons,
// joins its children, waits until the items that it put into queues are in their channels (except
// where cancel_join_thread was called), flushes standard output and error. Other threads keep
// running meanwhile; their puts find no slot. Clauses:
// process.exit.waits-for-children, process.exit.blocked-threads, process.exit.calls-go-on,
// process.daemon.ends-with-parent, process.daemon.unflushed-lost, queue.exit.flushes,
// queue.exit.large-flush.
[[noreturn]] PSQ_EXPORT void exit(int status);

// What exit does before it ends the process, for a process that something else ends (an
// interpreter, a framework's child). Returns when it is done; a put that follows waits until its
// item is in the channel. Throws what the thread's Interruptible throws; then call it again.
// Clauses: queue.exit.flushes, process.exit.items-after.
PSQ_EXPORT void finish();

// Replaces this process by another program, to which queues can be handed; see psq/handle.h. For
// the body of a Process: the parent's handle of the child stays valid. `command` is the program's
// name, which is looked up on the PATH when it has no slash, then its arguments. Waits first, as
// psq::exit does, until the items that this process put into queues are in their channels. Throws
// InvalidArgument when the command is empty, and SystemError when the program cannot be executed;
// the queues are closed in this process then.
[[noreturn]] PSQ_EXPORT void execute(const std::vector<std::string>& command);

}  // namespace psq
