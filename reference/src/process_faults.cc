#include "src/process_faults.h"

#ifdef PSQ_FAULTS

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "src/fault_seam.h"

namespace psq::detail {

bool& fault_has_started() noexcept {
  thread_local bool has_started = false;
  return has_started;
}

void faulty_exit_code(bool just_ended, int& signal, std::optional<int>& exit_code) {
  if (fault_is(Fault::kTerminateInterrupts) && signal == SIGTERM) signal = SIGINT;
  if (fault_is(Fault::kKillTerminates) && signal == SIGKILL) signal = SIGTERM;
  if (!exit_code) return;
  if (fault_is(Fault::kExitCodePositive) && *exit_code < 0) exit_code = 128 - *exit_code;
  if (fault_is(Fault::kExitStatusSigned) && *exit_code > 127) exit_code = *exit_code - 256;
  if (fault_is(Fault::kSignalAfterEnd) && signal != 0) exit_code = -signal;
  if (!fault_is(Fault::kExitCodesMixed)) return;
  if (just_ended) fault_own() = *exit_code;
  exit_code = static_cast<int>(fault_own().load());
}

void fault_keep_ends() noexcept {
  constexpr int kSome = 100;
  for (int each = STDERR_FILENO + 1; each < kSome; ++each) {
    struct stat about {};
    if (fstat(each, &about) == 0 && S_ISFIFO(about.st_mode)) (void)fcntl(each, F_DUPFD, kSome);
  }
}

}  // namespace psq::detail

#endif  // PSQ_FAULTS
