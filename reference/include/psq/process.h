// Process: a child made by fork, which inherits every queue and connection of its parent.
//
// What belongs to the parent's other threads does not go with it: locks that they hold stay locked
// in the child. psq's own are safe; those of other libraries may not be, standard streams apart.
//
// Clauses: process.objects.every-type, process.objects.grandchild, process.objects.while-blocked,
// process.objects.after-drop, process.children.several, process.hygiene.descriptors,
// process.hygiene.nothing-left.

#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <optional>

#include "psq/timeout.h"

namespace psq {

struct ProcessOptions {
  // A daemon is terminated, not waited for, when its parent ends.
  bool daemon = false;
};

// The handle that the parent has of one child. Movable. All methods may be called by any number of
// threads at the same time; in a process that is not the child's parent they throw InvalidArgument
// (pid apart), and the destructor does nothing. A handle that was moved from can only be destroyed
// or assigned to. The destructor joins the child, after terminating it when it is a daemon: it
// waits as long as the child lives. Clauses: process.daemon.ends-with-parent.
class Process {
 public:
  // Forks. The child calls `body` on the forking thread and then ends as psq::exit(0) does. An
  // exception that leaves `body` is reported on standard error, and the child ends as psq::exit(1).
  // May be called by any thread. Throws SystemError when there can be no child. Clauses:
  // process.exit-code.values.
  explicit Process(const std::function<void()>& body, ProcessOptions options = {});

  // Waits until the child has ended; with a timeout, whether it has within it. Clauses:
  // process.join.waits, process.join.timeout-by-value, process.join.zero-at-once,
  // process.join.any-thread.
  bool join(Timeout timeout = forever);

  // Nothing while the child runs, then its exit status, or minus the number of the signal that
  // ended it. 255 when somebody else has reaped the child. Clauses: process.exit-code.values.
  [[nodiscard]] std::optional<int> exit_code();

  // Send SIGTERM, SIGKILL, and do not wait. Nothing happens when the child has ended. Clauses:
  // process.terminate.ends, process.kill.ends, process.terminate.after-end.
  void terminate();
  void kill();

  [[nodiscard]] pid_t pid() const noexcept;

  class State;

 private:
  std::unique_ptr<State, std::function<void(State*)>> state_;  // The deleter ends the child.
};

// Ends this process as the end of main would, without running destructors: terminates its daemons,
// joins its other children, waits until all that it put into queues is in their channels (except
// where cancel_join_thread was called), flushes standard output. Other threads keep running
// meanwhile; what they would put finds no slot. Clauses: process.exit.waits-for-children,
// process.exit.blocked-threads, process.exit.calls-go-on,
// process.daemon.ends-with-parent, process.daemon.unflushed-lost, queue.exit.flushes,
// queue.exit.large-flush.
[[noreturn]] void exit(int status);

// Goes on as another program, to which queues may be handed; see psq/handle.h. For the body of a
// Process: the parent's handle of the child stays good. The program is looked for on the path when
// its name has no slash; its arguments begin with its name. What this process put into queues is in
// their channels first, as at its end. Throws InvalidArgument when the command is empty and
// SystemError when there is no such program; the queues are closed in this process then.
[[noreturn]] void execute(const std::vector<std::string>& command);

}  // namespace psq
