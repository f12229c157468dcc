// One child of this process.

#ifndef PSQ_SRC_CHILD_H_
#define PSQ_SRC_CHILD_H_

#include <sys/types.h>

#include <mutex>
#include <optional>

#include "psq/process.h"
#include "src/clock.h"

namespace psq {

// Until it is reaped a child's pid is nobody else's; it is reaped, signalled and waited for through
// this object only, under its lock. Only in the parent: others get InvalidArgument.
class Process::State {
 public:
  State(pid_t pid, pid_t parent, bool daemon) : pid_(pid), parent_(parent), daemon_(daemon) {}

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  [[nodiscard]] bool is_daemon() const noexcept { return daemon_; }
  [[nodiscard]] bool is_mine() const noexcept;

  // True when the child has ended; false not before the deadline.
  bool join(detail::Deadline deadline);
  std::optional<int> exit_code();
  void send_signal(int number);

 private:
  void check_mine() const;
  std::optional<int> reap();
  void wait_for_end(detail::Deadline deadline);

  const pid_t pid_;
  const pid_t parent_;
  const bool daemon_;
  std::mutex mutex_;
  std::optional<int> exit_code_;
};

}  // namespace psq

#endif  // PSQ_SRC_CHILD_H_
