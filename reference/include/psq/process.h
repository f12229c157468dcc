// Process: a child made by fork, which inherits every queue and connection of its parent.

#ifndef PSQ_PROCESS_H_
#define PSQ_PROCESS_H_

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
// (pid apart), and the destructor does nothing.
class Process {
 public:
  using Options = ProcessOptions;

  // Forks. The child calls `body` on the forking thread and then ends as psq::exit(0) does. An
  // exception that leaves `body` is reported on standard error, and the child ends as psq::exit(1).
  // May be called by any thread. Throws SystemError when there can be no child.
  explicit Process(const std::function<void()>& body, Options options = {});

  Process(Process&&) noexcept = default;
  Process& operator=(Process&& other) noexcept;

  // Joins the child, after terminating it when it is a daemon.
  ~Process();

  // Waits until the child has ended; with a timeout, whether it has within it.
  void join();
  bool join(Timeout timeout);

  // Nothing while the child runs, then its exit status, or minus the number of the signal that
  // ended it. 255 when somebody else has reaped the child.
  [[nodiscard]] std::optional<int> exit_code();

  // Send SIGTERM, SIGKILL. Nothing happens when the child has ended.
  void terminate();
  void kill();

  [[nodiscard]] pid_t pid() const noexcept;

  class State;

 private:
  void finish() noexcept;
  std::shared_ptr<State> state_;
};

// Ends this process as the end of main would, without running destructors: terminates its daemons,
// joins its other children, waits until all that it put into queues is in their channels (except
// where cancel_join_thread was called), flushes standard output. Other threads keep running
// meanwhile.
[[noreturn]] void exit(int status);

}  // namespace psq

#endif  // PSQ_PROCESS_H_
